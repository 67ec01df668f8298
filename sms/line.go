package sms

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/dialog"
	"tikaline/locales"
)

// freshFor is how long a YES is believed to be for the question put last,
// rather than for a place that the number was told of.
const freshFor = 30 * time.Minute

// A Waitlist is the waiting list and the held places as a caller sees them.
// calls.Desk is the real one.
type Waitlist interface {
	// JoinWaitlist has a person told when a place opens near a pincode.
	JoinWaitlist(ctx context.Context, request uuid.UUID, pincode, reference string) error
	// LeaveWaitlist takes the household off the list.
	LeaveWaitlist(ctx context.Context) error
	// Accept and Decline answer what the number was told last: NoAppointment when it
	// was asked nothing.
	Accept(ctx context.Context, request uuid.UUID) ([]booking.Appointment, error)
	Decline(ctx context.Context) ([]booking.Appointment, error)
}

// tell puts everybody of the number who has no booking on the waiting list,
// near the pincode that was sent, or the last one.
func (v *visit) tell(ctx context.Context, m Message) (*said, error) {
	v.m.Lost = 0
	if v.line == nil {
		return v.notice(textTell), nil
	}
	h, err := v.core.Household(ctx)
	if err != nil {
		return nil, err
	}
	pincode := m.Pincode
	if pincode == "" {
		pincode = h.Pincode
	}
	if pincode == "" {
		return v.notice(textTellWhere), nil
	}
	why := booking.Refuse(booking.NobodyYet)
	noted := 0
	for _, b := range h.People {
		err := v.line.JoinWaitlist(ctx, v.e.name("tell "+b.Reference), pincode, b.Reference)
		if p, ok := booking.AsProblem(err); ok {
			why = p
			continue
		}
		if err != nil {
			return nil, err
		}
		noted++
	}
	if noted == 0 {
		return v.problem(why), nil
	}
	return &said{prompt: dialog.Prompt{Say: dialog.Text{ID: textTold, Data: map[string]any{"Pincode": pincode}}}}, nil
}

// offered answers YES or NO to what the number was told last: a place that is
// held, or one that has opened. done is false where nothing was asked.
func (v *visit) offered(ctx context.Context, yes bool) (got *said, done bool, err error) {
	if v.line == nil {
		return nil, false, nil
	}
	var list []booking.Appointment
	if yes {
		list, err = v.line.Accept(ctx, v.e.name("yes"))
	} else {
		list, err = v.line.Decline(ctx)
	}
	if booking.Refused(err, booking.NoAppointment) {
		return nil, false, nil
	}
	if p, ok := booking.AsProblem(err); ok {
		v.m.Lost = 0
		return v.problem(p), true, nil
	}
	if err != nil {
		return nil, false, err
	}
	v.m.Lost = 0
	if !yes {
		return v.notice(textGivenBack), true, nil
	}
	for _, a := range list {
		if a.Status == booking.Held {
			c, _ := v.core.Centre(a.Slot.Centre)
			return &said{prompt: dialog.Prompt{Say: dialog.Text{ID: textHeld, Data: map[string]any{
				"Centre": c.Short, "When": locales.Brief{Day: a.Day, Window: a.Window},
				"Minutes": int(orDefault(v.g.Kept, DefaultKept) / time.Minute),
			}}}}, true, nil
		}
	}
	return v.notice(textTaken), true, nil
}

// leaveWaitlist takes a number that wants no messages off the waiting list.
func (v *visit) leaveWaitlist(ctx context.Context) error {
	if v.line == nil {
		return nil
	}
	return v.line.LeaveWaitlist(ctx)
}

// fresh reports whether the dialogues put a question a short while ago that one
// of the keys answers.
func (v *visit) fresh(keys []string) bool {
	if !v.open || v.now.Sub(v.m.Asked) > freshFor {
		return false
	}
	c, ok := v.prompt.Expect.(dialog.Choice)
	return ok && slices.ContainsFunc(keys, func(k string) bool { return takes(dialog.Choice{Options: c.Options}, k) })
}

// problem words why the core does not.
func (v *visit) problem(p *booking.Problem) *said {
	return &said{prompt: dialog.Prompt{Say: dialog.Text{ID: "problem." + string(p.Code), Data: p.Args}}}
}
