package dialog

import (
	"context"

	"tikaline/booking"
)

type helpAnswers struct {
	Pick   string `json:"pick,omitempty"`
	Centre int64  `json:"centre,omitempty"`
}

// help is a person to talk to, what to bring, and where to go without a
// booking.
var help = Flow[helpAnswers]{
	Name: "help",
	Steps: []Step[helpAnswers]{{
		Name: "pick",
		Ask: func(context.Context, Reader, helpAnswers) (Prompt, error) {
			return say("help.pick").oneOf("help", "call", "bring", "spot"), nil
		},
		Accept: func(ctx context.Context, v *Visit, a *helpAnswers, in string) error {
			a.Pick = in
			if in == "call" {
				return v.CallBack(ctx)
			}
			return nil
		},
		Next: func(a helpAnswers) string {
			if a.Pick == "spot" {
				return "place"
			}
			return Done
		},
	}, {
		Name: "place",
		Call: func(helpAnswers) (string, Result) { return "find", Result{} },
		Take: func(a *helpAnswers, r Result) { a.Centre = r.Centre },
	}},
	Done: func(_ context.Context, r Reader, a helpAnswers) (Prompt, error) {
		switch a.Pick {
		case "call":
			return say("help.call").end(), nil
		case "bring":
			return say("help.bring").end(), nil
		}
		c, ok := r.Centre(a.Centre)
		if !ok {
			return Prompt{}, booking.Refuse(booking.SlotGone)
		}
		return say("help.spot", "Centre", c.Short, "Address", c.Address).end(), nil
	},
}
