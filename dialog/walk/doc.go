// Package walk goes through every dialogue with a core that is kept in memory,
// and shows each prompt on the way. A channel's test, and the printer of
// screens, use it to see all there is to say, with the longest values likely:
//
//	err := walk.Every(ctx, dialog.New(uuid.New), func(at walk.At, p dialog.Prompt) error {
//		for _, lang := range locales.Languages {
//			if err := fits(lang, p); err != nil {
//				return err // Every adds where it was
//			}
//		}
//		return nil
//	})
//
// A Memory keeps conversations for a channel's other tests, and Answers answers each
// question by its flow and step, so that a new step breaks none of them.
//
// What a walk does not reach is listed: Problems has every refusal and Notices
// every kind of notice, again with the longest values.
//
// # What it promises
//
//   - Every reaches each step of each dialogue and its last words, or returns an
//     error. It sees the same prompts in the same order each time.
//   - The State is written as JSON and read back between every two inputs, as
//     if each came to another machine.
//   - Values have the types that the core and the dialogues give them.
//
// # What was decided, and why
//
// The core is a fake of its own and not booking.Core over a store in memory:
// it must be copied at each fork of the walk, thousands of times, and refuse on
// demand. It asks the real Programme for every rule about people and
// days, so the walk cannot drift from those.
//
// Two prompts are the same if they stand at the same place, for people who
// stand the same way, and say and offer the same messages. Only the first is
// shown: this is what keeps a walk through endless conversations finite.
//
// The package does not import testing, so that programs can use it.
package walk
