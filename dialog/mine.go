package dialog

import (
	"context"

	"github.com/google/uuid"

	"tikaline/booking"
)

type mineAnswers struct {
	People      []string     `json:"people,omitempty"`
	Reference   string       `json:"reference,omitempty"`
	Appointment uuid.UUID    `json:"appointment,omitzero"`
	From        int64        `json:"from,omitempty"` // the centre booked at
	Do          string       `json:"do,omitempty"`
	Where       string       `json:"where,omitempty"`
	Centre      int64        `json:"centre,omitempty"`
	Slot        int64        `json:"slot,omitempty"`
	Sure        string       `json:"sure,omitempty"`
	Name        string       `json:"name,omitempty"`      // of one who was removed
	Recording   string       `json:"recording,omitempty"` // of it, where it was never written down
	BirthYear   int          `json:"birth_year,omitempty"`
	Day         booking.Date `json:"day,omitzero"`
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
	Steps: []Step[mineAnswers]{{
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
			return map[string]string{"move": "where", "cancel": "cancel", "remove": "remove"}[a.Do]
		},
	}, {
		Name: "where",
		Ask: func(_ context.Context, r Reader, a mineAnswers) (Prompt, error) {
			c, _ := r.Centre(a.From)
			return say("mine.where", "Centre", c.Short).oneOf("where", "same", "elsewhere"), nil
		},
		Accept: func(_ context.Context, _ *Visit, a *mineAnswers, in string) error {
			a.Where, a.Centre = in, a.From
			return nil
		},
	}, {
		Name: "place",
		When: func(a mineAnswers) bool { return a.Where == "elsewhere" },
		Call: func(a mineAnswers) (string, Result) { return "find", Result{Reference: a.Reference} },
		Take: func(a *mineAnswers, r Result) { a.Centre = r.Centre },
	}, {
		Name: "slot",
		Call: func(a mineAnswers) (string, Result) {
			return "slot", Result{Reference: a.Reference, Centre: a.Centre}
		},
		Take: func(a *mineAnswers, r Result) { a.Slot = r.Slot },
	}, {
		Name:   "move",
		Ask:    askMove,
		Accept: acceptMove,
		Next: func(a mineAnswers) string {
			if a.Sure == "no" {
				return "slot"
			}
			return Done
		},
		Refused: slotAgain[mineAnswers],
	}, {
		Name: "cancel",
		Ask: func(ctx context.Context, r Reader, a mineAnswers) (Prompt, error) {
			b, live, err := booked1(ctx, r, a)
			if err != nil {
				return Prompt{}, err
			}
			return say("mine.cancel", booked(r, b, live)...).oneOf("cancel", "yes", "no"), nil
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
			return say("mine.remove", "Name", nameOf(b.Applicant)).oneOf("remove", "yes", "no"), err
		},
		Accept: func(ctx context.Context, v *Visit, a *mineAnswers, in string) error {
			a.Sure = in
			if in == "no" {
				return nil
			}
			return v.Remove(ctx, a.Reference)
		},
		Next: sureOrBack,
	}},
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
		return say("mine.booked", booked(r, b, live)...).oneOf("mine", "move", "cancel"), nil
	}
	due, err := r.NextDose(b)
	switch {
	case err != nil && b.Doses() > 0:
		return say("mine.finished", "Name", nameOf(b.Applicant), "Reference", b.Reference, "Count", b.Doses()).oneOf("mine", "home"), nil
	case b.Doses() > 0:
		return say("mine.due", "Name", nameOf(b.Applicant), "Reference", b.Reference, "Dose", due.Dose, "Day", due.From).oneOf("mine", "book"), nil
	}
	return say("mine.free", "Name", nameOf(b.Applicant), "Reference", b.Reference).oneOf("mine", "book", "remove"), nil
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
		a.Appointment, a.From = live.ID, live.Slot.Centre
		return v.MayChange(live)
	}
	return nil
}

func askMove(ctx context.Context, r Reader, a mineAnswers) (Prompt, error) {
	b, err := person(ctx, r, a.Reference)
	if err != nil {
		return Prompt{}, err
	}
	session, s, ok := r.Slot(booking.SlotID{Centre: a.Centre, Slot: a.Slot})
	if !ok {
		return Prompt{}, booking.Refuse(booking.SlotGone)
	}
	c, _ := r.Centre(a.Centre)
	return say("mine.move", "Name", nameOf(b.Applicant), "Centre", c.Short, "Day", session.Day, "Window", s.Window,
		"Vaccine", booking.VaccineNames(session.Vaccine)).oneOf("book", "yes", "no"), nil
}

func acceptMove(ctx context.Context, v *Visit, a *mineAnswers, in string) error {
	a.Sure = in
	if in == "no" {
		return nil
	}
	_, err := v.Move(ctx, a.Appointment, booking.SlotID{Centre: a.Centre, Slot: a.Slot})
	return err
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
