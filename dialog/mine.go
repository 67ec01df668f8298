package dialog

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"tikaline/booking"
)

type mineAnswers struct {
	People      []string     `json:"people,omitempty"`
	Reference   string       `json:"reference,omitempty"`
	Appointment uuid.UUID    `json:"appointment,omitzero"`
	Do          string       `json:"do,omitempty"`
	Sure        string       `json:"sure,omitempty"`
	Name        string       `json:"name,omitempty"`      // of one who was removed
	Recording   string       `json:"recording,omitempty"` // of it, where it was never written down
	BirthYear   int          `json:"birth_year,omitempty"`
	Day         booking.Date `json:"day,omitzero"`
	placing
}

// mine is the family's appointments: see, move, cancel; and taking somebody
// off who was registered by mistake.
var mine = Flow[mineAnswers]{
	Name: "mine",
	Start: func(ctx context.Context, r Reader, _ Result, a *mineAnswers) error {
		h, err := r.Household(ctx)
		if err != nil {
			return err
		}
		if len(h.People) == 0 {
			return booking.Refuse(booking.NobodyYet)
		}
		for _, b := range h.People {
			a.People = append(a.People, b.Reference)
		}
		if len(h.People) == 1 {
			a.Reference = h.People[0].Reference
		}
		return nil
	},
	Steps: slices.Concat([]Step[mineAnswers]{{
		Name: "who",
		When: func(a mineAnswers) bool { return len(a.People) > 1 },
		Ask: func(ctx context.Context, r Reader, a mineAnswers) (Prompt, error) {
			options, err := people(ctx, r, a.People)
			return say("mine.who").choice(options), err
		},
		Accept: func(ctx context.Context, v *Visit, a *mineAnswers, in string) error {
			_, err := person(ctx, v, in)
			a.Reference = in
			return err
		},
	}, {
		Name:   "do",
		Ask:    askMine,
		Accept: acceptMine,
		Go: func(a mineAnswers) (string, Result) {
			switch a.Do {
			case "book":
				return "book", Result{Reference: a.Reference}
			case "home":
				return "home", Result{}
			}
			return "", Result{}
		},
		Next: func(a mineAnswers) string {
			return map[string]string{"move": "pincode", "cancel": "cancel", "remove": "remove"}[a.Do]
		},
	}}, placeSteps(placeFlow[mineAnswers]{
		of:    func(a *mineAnswers) *placing { return &a.placing },
		whose: func(a mineAnswers) string { return a.Reference },
		was:   []string{"where", "place", "slot", "move"},
		take:  "move", leave: "another",
		book: func(ctx context.Context, v *Visit, a *mineAnswers, slot booking.SlotID) error {
			_, err := v.Move(ctx, a.Appointment, slot)
			return err
		},
		refused: func(c booking.Code) string {
			switch c {
			case booking.NoSlot, booking.TooLateChange, booking.NoAppointment, booking.DoseNotDue:
				return "do"
			}
			return ""
		},
	}), []Step[mineAnswers]{{
		Name: "cancel",
		Ask: func(ctx context.Context, r Reader, a mineAnswers) (Prompt, error) {
			b, live, err := booked1(ctx, r, a)
			if err != nil {
				return Prompt{}, err
			}
			return say("mine.cancel", booked(r, b, live)...).oneOf("cancel", "yes", "no").agree("yes"), nil
		},
		Accept: func(ctx context.Context, v *Visit, a *mineAnswers, in string) error {
			a.Sure = in
			if in == "no" {
				return nil
			}
			got, err := v.Cancel(ctx, a.Appointment)
			a.Day = got.Day
			return err
		},
		Next: sureOrBack,
	}, {
		Name: "remove",
		Ask: func(ctx context.Context, r Reader, a mineAnswers) (Prompt, error) {
			b, err := person(ctx, r, a.Reference)
			return say("mine.remove", "Name", nameOf(b.Applicant), "First", firstOf(b.Applicant)).oneOf("remove", "yes", "no").agree("yes"), err
		},
		Accept: func(ctx context.Context, v *Visit, a *mineAnswers, in string) error {
			a.Sure = in
			if in == "no" {
				return nil
			}
			return v.Remove(ctx, a.Reference)
		},
		Next: sureOrBack,
	}}),
	Done: doneMine,
}

func sureOrBack(a mineAnswers) string {
	if a.Sure == "no" {
		return "do"
	}
	return Done
}

// booked1 is the person asked about with the live appointment.
func booked1(ctx context.Context, r Reader, a mineAnswers) (booking.Beneficiary, booking.Appointment, error) {
	b, err := person(ctx, r, a.Reference)
	if err != nil {
		return b, booking.Appointment{}, err
	}
	live, ok := b.Live()
	if !ok {
		return b, live, booking.Refuse(booking.NoAppointment)
	}
	return b, live, nil
}

// askMine says how the person stands and what can be done.
func askMine(ctx context.Context, r Reader, a mineAnswers) (Prompt, error) {
	b, err := person(ctx, r, a.Reference)
	if err != nil {
		return Prompt{}, err
	}
	if live, ok := b.Live(); ok {
		if r.MayChange(live) != nil { // what would be refused is not offered
			return say("mine.booked", booked(r, b, live)...).oneOf("mine", "home"), nil
		}
		return say("mine.booked", booked(r, b, live)...).oneOf("mine", "move", "cancel"), nil
	}
	due, err := r.NextDose(b)
	switch {
	case err != nil && b.Doses() > 0:
		return say("mine.finished", "Name", nameOf(b.Applicant), "First", firstOf(b.Applicant), "Reference", b.Reference, "Count", b.Doses()).oneOf("mine", "home"), nil
	case b.Doses() > 0:
		return say("mine.due", "Name", nameOf(b.Applicant), "First", firstOf(b.Applicant), "Reference", b.Reference, "Dose", due.Dose, "Day", due.From).oneOf("mine", "book"), nil
	}
	return say("mine.free", "Name", nameOf(b.Applicant), "First", firstOf(b.Applicant), "Reference", b.Reference).oneOf("mine", "book", "remove"), nil
}

func acceptMine(ctx context.Context, v *Visit, a *mineAnswers, in string) error {
	a.Do, a.Sure = in, ""
	b, err := person(ctx, v, a.Reference)
	if err != nil {
		return err
	}
	a.Name, a.Recording, a.BirthYear = b.Name, "", 0
	if b.Name == "" {
		a.Recording, a.BirthYear = b.Recording, b.BirthYear
	}
	switch in {
	case "book":
		return mayBook(v, b)
	case "move", "cancel":
		live, ok := b.Live()
		if !ok {
			return booking.Refuse(booking.NoAppointment)
		}
		a.Appointment = live.ID
		h, err := v.Household(ctx)
		if err != nil {
			return err
		}
		a.placing = placing{Pincode: h.Pincode, Place: live.Slot.Centre} // the same centre is offered first
		return v.MayChange(live)
	}
	return nil
}

func doneMine(ctx context.Context, r Reader, a mineAnswers) (Prompt, error) {
	switch a.Do {
	case "cancel":
		return say("mine.cancelled", "Name", nameOf(booking.Applicant{Name: a.Name, Recording: a.Recording, BirthYear: a.BirthYear}), "Day", a.Day).end(), nil
	case "remove":
		return say("mine.removed", "Name", nameOf(booking.Applicant{Name: a.Name, Recording: a.Recording, BirthYear: a.BirthYear})).end(), nil
	case "move":
		b, live, err := booked1(ctx, r, a)
		if err != nil {
			return Prompt{}, err
		}
		return say("mine.moved", booked(r, b, live)...).end(), nil
	}
	return Prompt{}, nil
}
