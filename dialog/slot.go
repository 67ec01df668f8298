package dialog

import (
	"context"

	"tikaline/booking"
)

type slotAnswers struct {
	Centre int64 `json:"centre,omitempty"`
	Slot   int64 `json:"slot,omitempty"`
}

// slot asked for a day and time at a centre, until an offer took its place. It is
// kept for the conversations that stand at it: they go on at the offer.
var slot = Flow[slotAnswers]{
	Name:   "slot",
	Result: func(a slotAnswers) Result { return Result{Centre: a.Centre, Slot: a.Slot} },
	Steps: []Step[slotAnswers]{{
		Name: "time",
		Was:  []string{"day"},
		Gone: true,
		Ask: func(context.Context, Reader, slotAnswers) (Prompt, error) {
			return Prompt{}, instead(Done)
		},
		Accept: func(context.Context, *Visit, *slotAnswers, string) error { return booking.Refuse(booking.SlotGone) },
	}},
}
