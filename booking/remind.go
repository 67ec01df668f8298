package booking

import (
	"context"
	"fmt"
	"time"
)

// When reminders are due. The outbox sees to it that nobody is woken.
const (
	remindEve     = 17 * time.Hour               // of the day before
	remindMorning = 7*time.Hour + 30*time.Minute // of the day
	remindDue     = 9 * time.Hour                // of the day on which a dose becomes due
)

const (
	remindBatch = 500     // reminders written together
	remindRead  = 20000   // appointments read at once
	remindLast  = 20 * 60 // minute of day after which no notice says that a dose is due today
	dueBack     = 60      // days to look back: a gap that was shortened, or a stop of the program, leaves doses without their notice
)

// A Reminder is an appointment with its reminder notices.
type Reminder struct {
	Appointment
	Notices []Notice
}

// Reminders records who was reminded, with the promises of Store.
type Reminders interface {
	// Unreminded returns at most limit appointments that are booked for a day
	// from one to another, both included, and whose reminders are not yet
	// queued for the slot that they have now.
	Unreminded(ctx context.Context, from, to Date, limit int) ([]Listed, error)

	// Remind queues the notices of the appointments that are still booked for
	// the same slot and were not reminded before, and returns how many those
	// were.
	Remind(ctx context.Context, list ...Reminder) (int, error)

	// Given returns at most limit doses of a vaccine that were given on a day
	// from one to another, both included, for which it was not yet recorded
	// that the next dose is due.
	Given(ctx context.Context, vaccine string, dose int, from, to Date, limit int) ([]Listed, error)

	// DoseDue records that the dose after each is due and queues its notices,
	// for those for which it was not recorded before. It returns how many those
	// were.
	DoseDue(ctx context.Context, list ...Reminder) (int, error)
}

// Remind queues the pending reminders: of every appointment of today and
// tomorrow, and of every dose that has become due. It returns of how many.
// Every node may run it, as often as it likes: each reminder is queued once.
func (c *Core) Remind(ctx context.Context) (int, error) {
	n := 0
	for {
		list, err := c.Reminders.Unreminded(ctx, c.Today(), c.Today()+1, remindRead)
		if err != nil {
			return n, err
		}
		done, err := c.remind(ctx, list, c.Reminders.Remind, c.reminders)
		n += done
		if err != nil {
			return n, err
		}
		// Where another node was quicker with all of them, it does the rest
		// too.
		if len(list) < remindRead || done == 0 {
			break
		}
	}
	due, err := c.remindDoses(ctx)
	return n + due, err
}

// remind writes reminders in batches.
func (c *Core) remind(ctx context.Context, list []Listed, write func(context.Context, ...Reminder) (int, error), of func(Listed) []Notice) (int, error) {
	n := 0
	for len(list) > 0 {
		part := list[:min(len(list), remindBatch)]
		list = list[len(part):]
		pending := make([]Reminder, len(part))
		for i, l := range part {
			pending[i] = Reminder{l.Appointment, of(l)}
		}
		done, err := write(ctx, pending...)
		n += done
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// reminders returns the reminders of a booked appointment. A person who booked
// after the time of a reminder has just had the confirmation.
func (c *Core) reminders(l Listed) []Notice {
	key := fmt.Sprintf("%s/%d", l.ID, l.Slot.Slot)
	data := c.listedData(l)
	var list []Notice
	for _, r := range []struct {
		kind NoticeKind
		due  time.Time
		end  time.Time // after which it would be wrong or useless
	}{
		{NoticeReminderEve, (l.Day - 1).Time().Add(remindEve), l.Day.Time()},
		{NoticeReminderMorning, l.Day.Time().Add(remindMorning), l.Day.Time().Add(time.Duration(l.Window.To) * time.Minute)},
	} {
		if r.due.Before(l.BookedAt) || !c.Now().Before(r.end) {
			continue
		}
		n := c.notice(l.Household, r.kind, key, PriorityReminder, data)
		n.Due = r.due
		list = append(list, n)
	}
	return list
}

// remindDoses queues a notice for each person who may have the next dose from
// today on, and returns how many. It runs once a day, as doses become due by
// the day.
func (c *Core) remindDoses(ctx context.Context) (int, error) {
	now, today := c.Now(), c.Today()
	if c.minute() >= remindLast {
		return 0, nil // it says "from today", and would be sent tomorrow
	}
	token, err := c.Leases.Acquire(ctx, "dose_due", now, now.Add(10*time.Minute))
	if err != nil || token == 0 {
		return 0, err
	}
	n := 0
	for _, v := range c.Programme.Vaccines {
		for dose := 1; ; dose++ {
			gap, ok := v.gap(dose+1, today)
			if !ok {
				break
			}
			last := today - Date(gap)
			done, err := c.remindDose(ctx, v.Name, dose, last)
			n += done
			if err != nil {
				return n, err
			}
		}
	}
	return n, c.Leases.Release(ctx, "dose_due", token, (today + 1).Time())
}

func (c *Core) remindDose(ctx context.Context, vaccine string, dose int, last Date) (int, error) {
	n := 0
	for {
		list, err := c.Reminders.Given(ctx, vaccine, dose, last-dueBack, last, remindRead)
		if err != nil {
			return n, err
		}
		numbers := make([]MSISDN, len(list))
		for i, l := range list {
			numbers[i] = l.Household
		}
		homes, err := c.households(ctx, numbers)
		if err != nil {
			return n, err
		}
		notices := make(map[string][]Notice, len(list))
		for i, l := range list {
			person, ok := homes[i].Person(l.Reference)
			if due, is := c.due(person, l.Dose+1); ok && is {
				notice := c.notice(l.Household, NoticeDoseDue, fmt.Sprintf("%s/%d", l.Reference, due.Dose), PriorityReminder, NoticeData{
					Name: person.Name, BirthYear: unnamed(person.Applicant), Reference: l.Reference, PhotoID: person.PhotoID,
					Dose: due.Dose, Vaccine: due.Vaccine, Centre: l.Slot.Centre,
					Day: max(due.From, c.Today()), // for an overdue dose: a day that is over would be of no use
				})
				notice.Due = c.Today().Time().Add(remindDue)
				notices[l.Reference] = []Notice{notice}
			}
		}
		done, err := c.remind(ctx, list, c.Reminders.DoseDue, func(l Listed) []Notice { return notices[l.Reference] })
		n += done
		if err != nil || len(list) < remindRead || done == 0 {
			return n, err
		}
	}
}

// due returns the person's next dose, if it is that one, may be had now, and is
// not booked.
func (c *Core) due(person Beneficiary, dose int) (Due, bool) {
	due, err := c.Programme.NextDose(person, c.Today())
	_, booked := person.Live()
	return due, err == nil && !booked && due.Dose == dose && due.From <= c.Today()
}

// StillPending reports, at the moment of sending, whether a notice is still true:
// a reminder of an appointment that was moved or cancelled since is not, nor is
// the offer of a place that was answered. Kinds that it does not check are
// true.
func (c *Core) StillPending(ctx context.Context, n Notice) (bool, error) {
	d := n.Data
	switch n.Kind {
	default:
		return true, nil
	case NoticeSlotOpened:
		return c.Waitlist.HasOffer(ctx, n.To, d.Reference, c.Now())
	case NoticeReminderEve, NoticeReminderMorning, NoticeCalledOff, NoticeDoseDue:
	}
	h, err := c.Store.Household(ctx, n.To)
	if err != nil {
		return false, err
	}
	person, ok := h.Person(d.Reference)
	if !ok {
		return false, nil
	}
	if n.Kind == NoticeDoseDue {
		_, is := c.due(person, d.Dose)
		return is, nil
	}
	live, ok := person.Live()
	ok = ok && live.Dose == d.Dose && live.Slot == SlotID{Centre: d.Centre, Slot: d.Slot}
	today, minute := c.Today(), c.minute()
	switch n.Kind {
	case NoticeReminderEve:
		ok = ok && live.Status == Booked && today < live.Day
	case NoticeReminderMorning:
		ok = ok && live.Status == Booked && (today < live.Day || today == live.Day && minute < int(live.Window.To))
	}
	return ok, nil
}
