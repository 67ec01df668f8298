package dialog

import (
	"context"
	"slices"
	"strconv"

	"tikaline/booking"
)

type slotAnswers struct {
	Reference string         `json:"reference,omitempty"`
	Centre    int64          `json:"centre,omitempty"`
	Day       booking.Date   `json:"day,omitzero"` // 0: the soonest
	Slots     []int64        `json:"slots,omitempty"`
	Days      []booking.Date `json:"days,omitempty"`
	Pick      string         `json:"pick,omitempty"`
	Slot      int64          `json:"slot,omitempty"`
}

// slot finds a day and time at a centre: the soonest day first, so that most
// people press one key.
var slot = Flow[slotAnswers]{
	Name: "slot",
	Start: func(_ context.Context, _ Reader, in Result, a *slotAnswers) error {
		a.Reference, a.Centre = in.Reference, in.Centre
		return nil
	},
	Result: func(a slotAnswers) Result { return Result{Centre: a.Centre, Slot: a.Slot} },
	Steps: []Step[slotAnswers]{{
		Name:  "time",
		Enter: enterTime,
		Ask:   askTime,
		Accept: func(_ context.Context, v *Visit, a *slotAnswers, in string) error {
			a.Pick = in
			if in == "day" {
				return nil
			}
			id, err := strconv.ParseInt(in, 10, 64)
			if _, _, ok := v.Slot(booking.SlotID{Centre: a.Centre, Slot: id}); err != nil || !ok {
				return booking.Refuse(booking.SlotGone)
			}
			a.Slot = id
			return nil
		},
		Next: func(a slotAnswers) string {
			if a.Pick == "day" {
				return "day"
			}
			return Done
		},
		Refused: func(_ slotAnswers, c booking.Code) string {
			if c == booking.SlotGone {
				return "time"
			}
			return ""
		},
	}, {
		Name:  "day",
		Enter: enterDay,
		Ask: func(_ context.Context, r Reader, a slotAnswers) (Prompt, error) {
			options := make([]Option, len(a.Days))
			for i, d := range a.Days {
				options[i] = Option{Key: d.String(), Label: say("option.day", "Day", d)}
			}
			c, _ := r.Centre(a.Centre)
			return say("slot.day", "Centre", c.Short).choice(options), nil
		},
		Accept: func(_ context.Context, _ *Visit, a *slotAnswers, in string) error {
			d, err := booking.ParseDate(in)
			a.Day = d
			return err
		},
		Next: func(slotAnswers) string { return "time" },
	}},
}

// offers is what the centre has for the person.
func (a *slotAnswers) offers(ctx context.Context, r Reader) ([]booking.SlotOffer, error) {
	who, err := maybePerson(ctx, r, a.Reference)
	if err != nil {
		return nil, err
	}
	free := r.Slots(a.Centre, who)
	if who != nil {
		// Who moves is not offered what they have: nothing would change, and no
		// message would come.
		if live, ok := who.Live(); ok {
			free = slices.DeleteFunc(free, func(o booking.SlotOffer) bool { return o.ID == live.Slot })
		}
	}
	switch {
	case len(free) > 0:
		return free, nil
	case who != nil: // another centre does not help somebody who has to wait
		due, err := r.NextDose(*who)
		if err != nil {
			return nil, err
		}
		if due.From > r.Today() {
			return nil, booking.Refuse(booking.DoseNotDue, "Day", due.From)
		}
	}
	return nil, booking.Refuse(booking.NoSlot)
}

func enterTime(ctx context.Context, r Reader, a *slotAnswers) error {
	free, err := a.offers(ctx, r)
	if err != nil {
		return err
	}
	day := free[0].Session.Day
	for _, o := range free {
		if o.Session.Day == a.Day {
			day = a.Day
		}
	}
	a.Day, a.Slots = day, nil
	for _, o := range free {
		if o.Session.Day == day && len(a.Slots) < most {
			a.Slots = append(a.Slots, o.ID.Slot)
		}
	}
	return nil
}

func askTime(_ context.Context, r Reader, a slotAnswers) (Prompt, error) {
	options := make([]Option, 0, len(a.Slots)+1)
	label := "option.slot.time"
	if a.vaccines(r) > 1 {
		label = "option.slot.vaccine"
	}
	for _, id := range a.Slots {
		session, s, ok := r.Slot(a.id(id))
		if !ok { // gone since: its number stays, and choosing it is refused
			options = append(options, Option{Key: strconv.FormatInt(id, 10), Label: say("option.slot.gone")})
			continue
		}
		options = append(options, Option{
			Key:   strconv.FormatInt(id, 10),
			Label: say(label, "Window", s.Window, "From", Clock(s.Window.From), "Vaccine", booking.VaccineNames(session.Vaccine)),
		})
	}
	options = append(options, Option{Key: "day", Label: say("option.slot.day")})
	return say("slot.time", "Day", a.Day).choice(options), nil
}

// id is the slot of the centre with that number.
func (a slotAnswers) id(n int64) booking.SlotID { return booking.SlotID{Centre: a.Centre, Slot: n} }

// vaccines is how many vaccines there are to choose from among the slots: with
// one, naming it on every line is only noise.
func (a slotAnswers) vaccines(r Reader) int {
	var seen []string
	for _, n := range a.Slots {
		if session, _, ok := r.Slot(a.id(n)); ok && !slices.Contains(seen, session.Vaccine) {
			seen = append(seen, session.Vaccine)
		}
	}
	return len(seen)
}

// enterDay offers the next days that have room.
func enterDay(ctx context.Context, r Reader, a *slotAnswers) error {
	free, err := a.offers(ctx, r)
	if err != nil {
		return err
	}
	a.Days = nil
	for _, o := range free {
		if n := len(a.Days); n < most && (n == 0 || a.Days[n-1] != o.Session.Day) {
			a.Days = append(a.Days, o.Session.Day)
		}
	}
	return nil
}
