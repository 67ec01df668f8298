// Package dialog holds the conversations: what is asked of a caller, in which
// order, and what becomes of the answers. It knows no channel and no language.
// USSD, SMS, IVR, the agents' console and the demo phone all hold the same
// ones.
//
// A conversation is a Flow: a table of named steps over a struct of answers.
//
//	type nameAnswers struct {
//		Name string `json:"name,omitempty"`
//	}
//
//	var naming = Flow[nameAnswers]{
//		Name: "naming",
//		Steps: []Step[nameAnswers]{{
//			Name: "name",
//			Ask: func(context.Context, Reader, nameAnswers) (Prompt, error) {
//				return Prompt{Say: say("naming.name"), Expect: Words{Max: booking.NameMax}}, nil
//			},
//			Accept: func(_ context.Context, _ *Visit, a *nameAnswers, in string) error {
//				name, err := booking.ParseName(in)
//				a.Name = name
//				return err
//			},
//		}},
//		Done: func(_ context.Context, _ Reader, a nameAnswers) (Prompt, error) {
//			return say("naming.done", "Name", a.Name).end(), nil
//		},
//	}
//
// It is in use once it has a line in dialogues.go, words in every file of
// locales, and its names in testdata/names.golden (go test ./dialog -update).
//
// A channel takes one turn for each message. It asks for the present prompt,
// reads the message as an answer to that, and shows the prompt that follows:
//
//	reply, err := conversations.Answer(ctx, message, func(ctx context.Context, s *dialog.State) (string, error) {
//		talk := engine.Talk(calls.Desk(core.Desk(number, booking.USSD, "")), s)
//		p, err := talk.Current(ctx) // or Begin, for somebody who dialled
//		if err != nil {
//			return "", err
//		}
//		if p, err = talk.Answer(ctx, p, keyOf(p, typed)); err != nil { // or Back, Home, Refuse
//			return "", err
//		}
//		return render(p, s.Lang)
//	})
//
// A message that is answered later, by another one, goes through Receive: its
// turn returns notices, which are saved and queued with the State and with the
// record that the message was received. A channel's own part of the State lies
// under its name.
//
// Package walk goes through all of it with a core in memory, for the tests.
//
// # What it promises
//
//   - One message has one effect. Conversations keeps the State by
//     compare-and-swap and answers a repeated delivery with the reply that was
//     stored. What a turn writes carries the id of its run, so a turn that runs
//     twice writes once.
//
//   - What is stored is ids and values, never sentences: a caller may change
//     language, channel or helper half-way. A caller who is cut off at any point
//     resumes where they stopped.
//
//   - A release breaks no conversation. A step or flow that was renamed is found
//     by its Was; one that was removed, or whose answers cannot be read, starts
//     again, and the key that was pressed for it is used for nothing else.
//
//   - A caller who is refused is asked again and hears why; where the question
//     has become pointless, they are asked the one that helps. After three
//     refusals in a row they hear how to reach a person.
//
//   - "3" means what the caller saw: what a list offered is kept among the
//     answers, also when some of it has gone since.
//
//   - Back leads to the previous question, also into flows that were called and
//     are finished, but never behind what was written to the core.
//
//   - A jump to a step or flow that does not exist, or a cycle, is an error and
//     never a hang. Tests follow every jump.
//
//   - A turn reads the household once, and again only after it wrote.
//
//   - What writes something is marked in its Prompt (Agree); what is booked, moved
//     or cancelled stands in the question, not behind it.
//
//   - An offer that changed meanwhile is asked anew: what was answered to the one
//     before is not taken for it.
//
// # What was decided, and why
//
// A place is offered and not asked for: the best centre and its soonest time, which
// most people take by one key (place.go, place_steps.go). Who wants another has one
// list of changes. Each answer is said back in the question that follows, so that
// the consent needs one page and a mistake is seen one key later.
//
// Only Accept can change the core; all else gets a Reader. Ask may so be called
// any number of times, which is how a channel asks again, shows the next page,
// or tells an agent where a caller stands.
//
// Answers are Go structs and the engine is generic, so that the compiler checks
// what a step reads. Names of steps are strings all the same, because they are
// stored; what the compiler cannot check of them, the walk does.
//
// State belongs to the number and not to the provider's session: on a bad line a
// session ends within seconds, and the caller dials again from the same number.
//
// Flows call flows, to register somebody or find a centre on the way, and
// State is a stack of them. The answers of a called flow that is finished stay in
// the Trail of the flow that called it, for Back, until that one ends.
//
// No flow asks which channel it is on. A channel reads from the Expect whether its
// medium can take the answer.
//
// A Choice may take another shape of answer Or its options, because people type
// a pincode when they are shown centres: refusing what is plainly meant teaches
// them nothing.
//
// Begin asks "continue?" only of a caller who has answered something that would be
// lost.
// The main menu, the choice of language and help are begun again.
//
// A stored conversation that cannot be decoded starts afresh without an error: a
// caller who hears of a fault dials again, and would hear it again.
package dialog
