package dialog

import (
	"context"
	"slices"
	"strconv"

	"tikaline/booking"
)

type bookAnswers struct {
	People    []string `json:"people,omitempty"` // reference ids as offered
	Ask       bool     `json:"ask,omitempty"`    // whether to ask for whom
	Who       string   `json:"who,omitempty"`
	Reference string   `json:"reference,omitempty"`
	placing
}

// book books a place: for whom, registering them first if need be, and the
// place that is offered.
var book = Flow[bookAnswers]{
	Name:  "book",
	Start: startBook,
	Steps: slices.Concat([]Step[bookAnswers]{{
		Name: "who",
		When: func(a bookAnswers) bool { return a.Ask },
		Enter: func(ctx context.Context, r Reader, a *bookAnswers) error {
			h, err := r.Household(ctx)
			a.People = nil
			for _, b := range h.People {
				a.People = append(a.People, b.Reference)
			}
			return err
		},
		Ask: askWho,
		Accept: func(ctx context.Context, v *Visit, a *bookAnswers, in string) error {
			a.Who, a.Reference = in, ""
			if in == "new" {
				return nil
			}
			b, err := person(ctx, v, in)
			if err != nil {
				return err
			}
			if err := mayBook(v, b); err != nil {
				return err
			}
			a.Reference = in
			return nil
		},
	}, {
		Name: "new",
		When: func(a bookAnswers) bool { return a.Reference == "" },
		Call: func(bookAnswers) (string, Result) { return "register", Result{} },
		Take: func(a *bookAnswers, r Result) {
			a.Reference = r.Reference
			if r.Pincode != "" {
				a.Pincode = r.Pincode
			}
		},
	}}, placeSteps(placeFlow[bookAnswers]{
		of: bookPlace, whose: bookWho,
		was:  []string{"place", "slot", "confirm"},
		take: "yes", leave: "change",
		book: func(ctx context.Context, v *Visit, a *bookAnswers, slot booking.SlotID) error {
			_, err := v.Book(ctx, a.Reference, slot)
			return err
		},
		waits:   true,
		refused: func(booking.Code) string { return "" },
	}), []Step[bookAnswers]{waitStep(bookPlace, bookWho)}),
	Done: func(ctx context.Context, r Reader, a bookAnswers) (Prompt, error) {
		if a.Pick == pickWait {
			return say("wait.done", "Pincode", a.Pincode).end(), nil
		}
		b, err := person(ctx, r, a.Reference)
		if err != nil {
			return Prompt{}, err
		}
		live, _ := b.Live()
		return say("book.done", booked(r, b, live)...).end(), nil
	},
}

func bookPlace(a *bookAnswers) *placing { return &a.placing }
func bookWho(a bookAnswers) string      { return a.Reference }

func startBook(ctx context.Context, r Reader, in Result, a *bookAnswers) error {
	h, err := r.Household(ctx)
	if err != nil {
		return err
	}
	a.Place, a.Pincode = in.Centre, h.Pincode
	if in.Reference != "" {
		a.Reference = in.Reference
		return nil
	}
	switch {
	case len(h.People) == 0:
	case len(h.People) == 1 && mayBook(r, h.People[0]) == nil:
		a.Reference = h.People[0].Reference // the only one: nothing to ask
	default:
		a.Ask = true
	}
	return nil
}

// mayBook returns why a person cannot be booked now, or nil.
func mayBook(r Reader, b booking.Beneficiary) error {
	if live, ok := b.Live(); ok {
		c, _ := r.Centre(live.Slot.Centre)
		return booking.Refuse(booking.AlreadyBooked, "Centre", c.Short, "Day", live.Day)
	}
	_, err := r.NextDose(b)
	return err
}

func askWho(ctx context.Context, r Reader, a bookAnswers) (Prompt, error) {
	options, err := people(ctx, r, a.People)
	if err != nil {
		return Prompt{}, err
	}
	if len(options) < r.Programme().PeoplePerNumber(r.Today()) {
		options = append(options, Option{Key: "new", Label: say("option.person.new")})
	}
	return say("book.who").choice(options), nil
}

// people returns the persons of those reference ids as options, with their status.
func people(ctx context.Context, r Reader, references []string) ([]Option, error) {
	options := make([]Option, 0, len(references))
	for _, ref := range references {
		b, err := person(ctx, r, ref)
		if err != nil {
			// removed meanwhile: the number stays, and choosing it is refused
			options = append(options, Option{Key: ref, Label: say("option.person.gone")})
			if _, ok := booking.AsProblem(err); ok {
				continue
			}
			return nil, err
		}
		label := say("option.person.free", "Name", nameOf(b.Applicant))
		if live, ok := b.Live(); ok {
			label = say("option.person.booked", "Name", nameOf(b.Applicant), "Day", live.Day)
		}
		options = append(options, Option{Key: ref, Label: label})
	}
	return options, nil
}

// booked returns the values of a message about an appointment.
func booked(r Reader, b booking.Beneficiary, a booking.Appointment) []any {
	c, _ := r.Centre(a.Slot.Centre)
	return []any{
		"Name", nameOf(b.Applicant), "Dose", a.Dose, "Vaccine", booking.VaccineNames(a.Vaccine), "Centre", c.Short, "Address", c.Address,
		"Day", a.Day, "Window", a.Window, "When", Slot{a.Day, a.Window}, "Hours", Terse{a.Day, a.Window},
		"First", firstOf(b.Applicant), "Reference", b.Reference, "Code", b.SecretCode(),
		"PhotoID", Word("option.photo_id." + b.PhotoID),
	}
}

func yearText(y int) string { return strconv.Itoa(y) }
