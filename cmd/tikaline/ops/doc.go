// Package ops is the operators' commands: all of tikaline's but serve.
//
//	var all ops.Commands
//	err := ops.Run(ctx, &all, []string{"outbox", "dead"}, ops.World{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Now: time.Now})
//
// A command is a struct whose fields are its arguments and settings, and a
// method Run. Adding one takes its file and a line in [Commands].
//
// What is printed shows of a number its last three digits, and of a text
// nothing.
//
// What these commands and serve both need stands here as well: the settings of
// the database ([Database], with [Waits] and the programme), the opened store
// ([DB]), and what the program touches outside itself ([World]). serve imports
// this package in any case, for its commands; a third package would hold nothing
// but these. Nothing here imports serve: talk starts the demo by World.Serve.
//
// [Phone] is a keypad phone, for talk and for the tests of the whole program.
package ops
