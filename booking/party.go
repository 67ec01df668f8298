package booking

import (
	"context"
	"maps"
	"slices"

	"github.com/google/uuid"
)

// A Party asks for places in one slot for several people of a number, all of
// them or none: a family goes together. Asking again with the same Request, or
// for the slot that they have together, returns the same appointments.
type Party struct {
	Request    uuid.UUID
	References []string
	Dose       int // of all of them
	Slot       SlotID
	Channel    Channel
	Agent      string
	Fresh      bool // as in Booking
}

// Parties books and moves several people together. It is part of Store, with
// its promises.
type Parties interface {
	// BookParty gives a place to each of the list, people of one number in one
	// slot, or to none of them, with the Problems of Book. A Problem that is
	// about one person has the value Reference.
	BookParty(ctx context.Context, list []NewAppointment) ([]Appointment, error)

	// MoveParty changes the slot of all appointments of the list, which belong
	// to one number and go to one slot, or of none, with the Problems of Move.
	MoveParty(ctx context.Context, list []SlotChange) ([]Appointment, error)

	// Party returns the number's appointments of a party, of any status. An
	// appointment that was booked alone is a party of its own, under its id.
	Party(ctx context.Context, number MSISDN, party uuid.UUID) ([]Appointment, error)
}

// BookParty books for all of a party or for none, and queues a confirmation for
// each. A Problem about one of them has the reference id as its value
// Reference. One person is a party too.
func (c *Core) BookParty(ctx context.Context, number MSISDN, p Party) ([]Appointment, error) {
	refs := slices.Compact(slices.Sorted(slices.Values(p.References)))
	if len(refs) == 0 {
		return nil, Refuse(NobodyYet)
	}
	if len(refs) == 1 {
		a, err := c.Book(ctx, number, Booking{
			Request: p.Request, Reference: refs[0], Dose: p.Dose, Slot: p.Slot, Channel: p.Channel, Agent: p.Agent, Fresh: p.Fresh,
		})
		if err == nil && a.Status == Held { // a person who asks for the place that is held for them has answered
			a, err = c.Confirm(ctx, number, a.ID, p.Channel, p.Agent)
		}
		if err != nil {
			return nil, about(err, refs[0])
		}
		return []Appointment{a}, nil
	}
	h, err := c.Store.Household(ctx, number)
	if err != nil {
		return nil, err
	}
	people := make([]Beneficiary, len(refs))
	for i, ref := range refs {
		person, ok := h.Person(ref)
		if !ok {
			return nil, about(Refuse(NobodyYet), ref)
		}
		people[i] = person
	}
	before, err := c.together(people, p.Slot)
	switch {
	case err != nil:
		return nil, err
	case before != nil && p.Fresh:
		return nil, about(c.alreadyBooked(before[0]), before[0].Reference)
	case before != nil:
		return before, nil
	}
	session, slot, ok := c.Places.Slot(p.Slot)
	if !ok {
		return nil, Refuse(SlotGone)
	}
	party := c.newID()
	list := make([]NewAppointment, len(people))
	for i, person := range people {
		due, err := c.fits(person, session, slot, p.Dose)
		if err != nil {
			return nil, about(err, person.Reference)
		}
		a := Appointment{
			ID: c.newID(), Party: party, Household: number, Reference: person.Reference,
			Dose: due.Dose, Vaccine: session.Vaccine, Slot: p.Slot, Session: session.ID, Day: session.Day, Window: slot.Window,
			Status: Booked, Channel: p.Channel, Agent: p.Agent, BookedAt: c.Now(),
		}
		list[i] = NewAppointment{
			Appointment: a, Request: partOf(p.Request, person.Reference),
			Notices: []Notice{c.notice(number, NoticeBooked, a.ID.String(), PriorityConfirm, c.noticeData(person, a))},
		}
	}
	got, err := c.Store.BookParty(ctx, list)
	c.noted(err, p.Slot, slot, len(list))
	if err == nil && p.Fresh && got[0].Party != party { // another request for this slot was quicker, after the household was read
		return nil, about(c.alreadyBooked(got[0]), got[0].Reference)
	}
	return got, err
}

// noted lets the search know that a slot has less room than it showed. There
// may be room for fewer people, which the next read of the store shows.
func (c *Core) noted(err error, id SlotID, slot Slot, people int) {
	if p, ok := AsProblem(err); ok && (p.Code == SlotFull || p.Code == SlotGone) && slot.Capacity-slot.Booked >= people {
		c.Places.Filled(id)
	}
}

// partOf returns the request id of one person within a party's request.
func partOf(party uuid.UUID, reference string) uuid.UUID {
	if party == uuid.Nil {
		return uuid.Nil
	}
	return uuid.NewSHA1(party, []byte(reference))
}

// together returns the appointments that the people have in the slot, as one
// party; nil where none of them has one. Problem: AlreadyBooked for anything
// between.
func (c *Core) together(people []Beneficiary, slot SlotID) ([]Appointment, error) {
	var list []Appointment
	for _, b := range people {
		live, ok := b.Live()
		if !ok {
			continue
		}
		list = append(list, live)
		if live.Slot != slot || live.Party != list[0].Party || live.Status != Booked {
			return nil, about(c.alreadyBooked(live), b.Reference)
		}
	}
	if len(list) != 0 && len(list) != len(people) {
		return nil, about(c.alreadyBooked(list[0]), list[0].Reference)
	}
	return list, nil
}

// about adds to a Problem the person whom it is about.
func about(err error, reference string) error {
	p, ok := AsProblem(err)
	if !ok {
		return err
	}
	q := &Problem{Code: p.Code, Args: maps.Clone(p.Args)}
	if q.Args == nil {
		q.Args = make(map[string]any, 1)
	}
	q.Args["Reference"] = reference
	return q
}

// Party returns the appointments of a party that are live, in the order of
// their people's reference ids. Problem: NoAppointment.
func (c *Core) Party(ctx context.Context, number MSISDN, party uuid.UUID) ([]Appointment, error) {
	all, err := c.Store.Party(ctx, number, party)
	if err != nil {
		return nil, err
	}
	live := slices.DeleteFunc(all, func(a Appointment) bool { return a.Status != Booked && a.Status != Held })
	if len(live) == 0 {
		return nil, Refuse(NoAppointment)
	}
	return live, nil
}

// MoveParty moves all of a party that still go together, or none, and queues a
// notice for each. The slot depends on what they have, as a session is for one
// dose: to is called with the appointment of one of them. Moving to where they
// are changes nothing. Problems: NoAppointment, TooLateChange, and those of
// Book.
func (c *Core) MoveParty(ctx context.Context, number MSISDN, party uuid.UUID, to func(Appointment) (SlotID, error), by Channel, agent string) ([]Appointment, error) {
	live, err := c.Party(ctx, number, party)
	if err != nil {
		return nil, err
	}
	id, err := to(live[0])
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(live, func(a Appointment) bool { return a.Slot != id }) {
		return live, nil
	}
	if err := c.Programme.Booking.MayChange(live[0].Day, c.Today()); err != nil {
		return nil, err
	}
	h, err := c.Store.Household(ctx, number)
	if err != nil {
		return nil, err
	}
	session, slot, ok := c.Places.Slot(id)
	if !ok {
		return nil, Refuse(SlotGone)
	}
	list := make([]SlotChange, len(live))
	for i, a := range live {
		person, ok := h.Person(a.Reference)
		if !ok {
			return nil, about(Refuse(NobodyYet), a.Reference)
		}
		if _, err := c.fits(person, session, slot, a.Dose); err != nil {
			return nil, about(err, a.Reference)
		}
		a, n := c.moved(person, a, id, session, slot, by, agent)
		list[i] = SlotChange{Appointment: a, Notices: []Notice{n}}
	}
	got, err := c.moveAll(ctx, list)
	c.noted(err, id, slot, len(list))
	if err != nil {
		return nil, err
	}
	for i, a := range got {
		if a.Status == Held { // a person who moves the place that is held for them has answered
			if got[i], err = c.settle(ctx, a, by, agent); err != nil {
				return nil, err
			}
		}
	}
	return got, nil
}

// moveAll moves one appointment with the batch of all callers, and several in a
// transaction of their own.
func (c *Core) moveAll(ctx context.Context, list []SlotChange) ([]Appointment, error) {
	if len(list) > 1 {
		return c.Store.MoveParty(ctx, list)
	}
	a, err := c.Store.Move(ctx, list[0])
	return []Appointment{a}, err
}

// CancelParty takes people out of a party; the others keep their places. Asking
// again gives the same answer and finishes what was left. Problems:
// NoAppointment, where one of them is not of the party, and TooLateChange.
func (c *Core) CancelParty(ctx context.Context, number MSISDN, party uuid.UUID, references []string, by Channel, agent string) error {
	all, err := c.Store.Party(ctx, number, party)
	if err != nil {
		return err
	}
	var leaving []Appointment
	for _, ref := range slices.Compact(slices.Sorted(slices.Values(references))) {
		i := slices.IndexFunc(all, func(a Appointment) bool { return a.Reference == ref })
		if i < 0 {
			return about(Refuse(NoAppointment), ref)
		}
		leaving = append(leaving, all[i])
		if all[i].Status == Cancelled {
			continue
		}
		if err := c.Programme.Booking.MayChange(all[i].Day, c.Today()); err != nil { // before any of them is cancelled
			return about(err, ref)
		}
	}
	for _, a := range leaving {
		if _, err := c.Cancel(ctx, number, a.ID, by, agent); err != nil {
			return about(err, a.Reference)
		}
	}
	return nil
}

// BookParty books for several people together who have no place yet: see
// Core.BookParty.
func (d *Desk) BookParty(ctx context.Context, references []string, dose int, slot SlotID) ([]Appointment, error) {
	return d.core.BookParty(ctx, d.number, Party{
		Request: d.core.newID(), References: references, Dose: dose, Slot: slot, Channel: d.channel, Agent: d.agent, Fresh: true,
	})
}

// Party returns the live appointments of a party: see Core.Party.
func (d *Desk) Party(ctx context.Context, party uuid.UUID) ([]Appointment, error) {
	return d.core.Party(ctx, d.number, party)
}

// MoveParty moves a party: see Core.MoveParty.
func (d *Desk) MoveParty(ctx context.Context, party uuid.UUID, to func(Appointment) (SlotID, error)) ([]Appointment, error) {
	return d.core.MoveParty(ctx, d.number, party, to, d.channel, d.agent)
}

// CancelParty takes people out of a party: see Core.CancelParty.
func (d *Desk) CancelParty(ctx context.Context, party uuid.UUID, references ...string) error {
	return d.core.CancelParty(ctx, d.number, party, references, d.channel, d.agent)
}
