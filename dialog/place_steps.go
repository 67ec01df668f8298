package dialog

import (
	"cmp"
	"context"

	"tikaline/booking"
)

// A placeFlow is what a flow with placeSteps has of its own.
type placeFlow[A any] struct {
	of    func(*A) *placing
	whose func(A) string // reference id of the person
	was   []string       // former names of the step that offers

	// take and leave label the options that take the offer and that turn it down:
	// option.offer.<…>.
	take, leave string

	// book takes the place that the caller agreed to.
	book func(ctx context.Context, v *Visit, a *A, slot booking.SlotID) error

	// waits says that the step "wait" follows where there is nothing to offer.
	waits bool

	// refused is Step.Refused for what is not about the place.
	refused func(booking.Code) string
}

// placeSteps offer a place in place of asking for centre, day and time: the
// nearest centre and the soonest time, which most people take by one key. Who
// wants another chooses from one list: another centre, another time, another
// day; a pincode that is typed in place of an answer is another place to search
// from.
func placeSteps[A any](f placeFlow[A]) []Step[A] {
	who := func(ctx context.Context, r Reader, a *A) (booking.Beneficiary, error) {
		return person(ctx, r, f.whose(*a))
	}
	return []Step[A]{{
		Name: "pincode",
		When: func(a A) bool {
			p := f.of(&a)
			return p.Pick == pickElsewhere || p.Pincode == "" && p.Place == 0
		},
		Ask:    askPincode[A],
		Accept: func(ctx context.Context, v *Visit, a *A, in string) error { return f.of(a).near(ctx, v, in) },
		Next:   func(A) string { return "offer" },
	}, {
		Name: "offer",
		Was:  f.was,
		Enter: func(ctx context.Context, r Reader, a *A) error {
			b, err := who(ctx, r, a)
			if err != nil {
				return err
			}
			p := f.of(a)
			err = p.suggest(r, b)
			switch {
			case booking.Refused(err, booking.NoCentre), booking.Refused(err, booking.BadPincode):
				p.Pick = pickElsewhere
			case f.waits && booking.Refused(err, booking.NoSlot):
				return instead("wait") // which says why
			}
			return err
		},
		Ask: func(ctx context.Context, r Reader, a A) (Prompt, error) {
			p := f.of(&a)
			if p.Slot == 0 { // begun by a release that asked otherwise
				return Prompt{}, instead("offer")
			}
			b, err := who(ctx, r, &a)
			if err != nil {
				return Prompt{}, err
			}
			return p.ask(ctx, r, b, f.take, f.leave)
		},
		Accept: func(ctx context.Context, v *Visit, a *A, in string) error {
			p := f.of(a)
			p.Pick = in
			switch in {
			case pickChange:
				return nil
			case "yes":
				return f.book(ctx, v, a, p.slot())
			}
			return p.near(ctx, v, in)
		},
		Next: func(a A) string {
			switch f.of(&a).Pick {
			case pickChange:
				return "change"
			case pickAgain:
				return "offer"
			}
			return Done
		},
		Refused: func(_ A, c booking.Code) string {
			switch c {
			case booking.SlotFull, booking.SlotGone, booking.TooLateToBook, booking.SameSlot:
				return "offer"
			case booking.NoCentre, booking.BadPincode:
				return "pincode"
			}
			return f.refused(c)
		},
		// A release asked for centre and time by flows of their own.
		Take: func(a *A, r Result) {
			p := f.of(a)
			p.Pick = pickAgain
			if r.Centre != 0 {
				p.Place, p.Centre, p.Slot = r.Centre, r.Centre, r.Slot
			}
		},
	}, {
		Name: "change",
		Enter: func(ctx context.Context, r Reader, a *A) error {
			b, err := who(ctx, r, a)
			if err != nil {
				return err
			}
			f.of(a).alternatives(r, b)
			return nil
		},
		Ask: func(ctx context.Context, r Reader, a A) (Prompt, error) {
			b, err := who(ctx, r, &a)
			if err != nil {
				return Prompt{}, err
			}
			return f.of(&a).askChange(r, b), nil
		},
		Accept: func(ctx context.Context, v *Visit, a *A, in string) error {
			b, err := who(ctx, v, a)
			if err != nil {
				return err
			}
			return f.of(a).choose(ctx, v, b, in)
		},
		Next: func(a A) string {
			if f.of(&a).Pick == pickElsewhere {
				return "pincode"
			}
			return "offer"
		},
		Refused: func(_ A, c booking.Code) string {
			if c == booking.SlotFull || c == booking.SlotGone {
				return "change"
			}
			return ""
		},
	}}
}

// ask is the offer: where, when, and 1 takes it.
func (p *placing) ask(ctx context.Context, r Reader, b booking.Beneficiary, take, leave string) (Prompt, error) {
	session, s, ok := r.Slot(p.slot())
	if !ok {
		return Prompt{}, booking.Refuse(booking.SlotGone)
	}
	h, err := r.Household(ctx)
	if err != nil {
		return Prompt{}, err
	}
	var also any = ""
	if vaccines(open(r, p.Centre, b)) {
		also = Also{booking.VaccineNames(session.Vaccine)}
	}
	when := Slot{Day: session.Day, Window: s.Window}
	id := "offer.pick"
	if len(h.People) > 1 {
		id = "offer.for"
	}
	asked := say(id, "Name", nameOf(b.Applicant), "First", firstOf(b.Applicant), "Place", p.at(r), "When", when, "Hours", Terse(when), "Also", also).
		choice([]Option{
			{Key: "yes", Label: say("option.offer." + take)},
			{Key: pickChange, Label: say("option.offer." + leave)},
		}).or(aPincode).agree("yes")
	asked.Short = say("offer.short", "When", when, "Hours", Terse(when))
	return asked, nil
}

// askChange asks what to change of the offer.
func (p *placing) askChange(r Reader, b booking.Beneficiary) Prompt {
	options := make([]Option, 0, len(p.List)+2)
	if p.Other {
		options = append(options, Option{Key: pickPlace, Label: say("option.offer.place")})
	}
	id := "option.offer.slot"
	if vaccines(open(r, p.Centre, b)) {
		id = "option.offer.vaccine"
	}
	for _, n := range p.List {
		o := Option{Key: slotKey(n)}
		session, s, ok := r.Slot(booking.SlotID{Centre: p.Centre, Slot: n})
		if ok {
			o.Label = say(id, "When", Soon{Slot: Slot{session.Day, s.Window}, Today: r.Today()}, "Vaccine", booking.VaccineNames(session.Vaccine))
		} else { // gone since: its number stays, and choosing it is refused
			o.Label = say("option.offer.gone")
		}
		options = append(options, o)
	}
	options = append(options, Option{Key: pickElsewhere, Label: say("option.offer.elsewhere")})
	c, _ := r.Centre(p.Centre)
	asked := say("offer.change", "Centre", c.Short).choice(options).or(aPincode)
	asked.Short = say("offer.change_short")
	return asked
}

// waitStep offers the waiting list where there is no place: whether nothing is
// free or nothing fits, the caller hears which.
func waitStep[A any](of func(*A) *placing, whose func(A) string) Step[A] {
	return Step[A]{
		Name: "wait",
		Ask: func(_ context.Context, _ Reader, a A) (Prompt, error) {
			p := of(&a)
			return say("wait."+string(cmp.Or(p.Lack, booking.LackRoom)), "Pincode", p.Pincode).
				oneOf("wait", "yes", pickElsewhere).or(aPincode).agree("yes"), nil
		},
		Accept: func(ctx context.Context, v *Visit, a *A, in string) error {
			p := of(a)
			switch in {
			case pickElsewhere:
				p.Pick = pickElsewhere
				return nil
			case "yes":
				p.Pick = pickWait
				return v.JoinWaitlist(ctx, p.Pincode, whose(*a))
			}
			return p.near(ctx, v, in)
		},
		Next: func(a A) string {
			switch of(&a).Pick {
			case pickWait:
				return Done
			case pickElsewhere:
				return "pincode"
			}
			return "offer"
		},
	}
}
