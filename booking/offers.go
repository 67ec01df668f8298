package booking

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// wavePage is how many people of the waiting list are read together.
const wavePage = 500

// Nobody is offered a place at night: the time to answer would pass in sleep.
const (
	waveFrom  = 8 * 60
	waveUntil = 20 * 60
)

// OfferPlaces offers the open places to the people who wait near them, first
// come first served: each open place of a session to Waits.Multiple people,
// less those who were offered one before and may still answer. It does not hold
// the places. It returns how many people it made an offer. Every node may run
// it each minute.
func (c *Core) OfferPlaces(ctx context.Context) (int, error) {
	now := c.Now()
	if m := c.minute(); m < waveFrom || m >= waveUntil {
		return 0, nil
	}
	token, err := c.Leases.Acquire(ctx, "wave", now, now.Add(time.Minute))
	if err != nil || token == 0 {
		return 0, err
	}
	offered, err := c.wave(ctx, token, now)
	if e := c.Leases.Release(ctx, "wave", token, now); err == nil {
		err = e
	}
	return offered, err
}

func (c *Core) wave(ctx context.Context, token int64, now time.Time) (int, error) {
	if _, err := c.Waitlist.DropSilent(ctx, c.Waits.usual().Waves, now); err != nil {
		return 0, err
	}
	pincodes, err := c.Waitlist.PincodesToOffer(ctx, now)
	if err != nil {
		return 0, err
	}
	// Where nothing is open to anybody, nobody's household need be read.
	pending, err := c.Waitlist.PendingOffers(ctx, now)
	if err != nil {
		return 0, err
	}
	w := &wave{core: c, now: now, pending: pending, left: make(map[int64]int)}
	pincodes = slices.DeleteFunc(pincodes, w.exhausted)
	offered := 0
	for after := (Waiter{}); len(pincodes) > 0; {
		page, err := c.Waitlist.NextToOffer(ctx, after, pincodes, now, wavePage)
		if err != nil || len(page) == 0 {
			return offered, err
		}
		list, without, err := w.offers(ctx, page)
		if err != nil {
			return offered, err
		}
		n, leased, err := c.Waitlist.Offer(ctx, token, now, list)
		offered += n
		if err != nil || !leased { // another node has the lease and goes on
			return offered, err
		}
		after = page[len(page)-1]
		pincodes = slices.DeleteFunc(pincodes, func(p string) bool { return without[p] && w.exhausted(p) })
	}
	return offered, nil
}

// A wave is what one run has offered so far.
type wave struct {
	core    *Core
	now     time.Time
	pending map[int64]int // of each session, offers made before that may still be answered
	left    map[int64]int // of each session, how many more offers may be made
}

// exhausted reports whether there is no place left to offer near a pincode.
func (w *wave) exhausted(pincode string) bool {
	at, err := w.core.Places.Locate(pincode)
	if err != nil {
		return true
	}
	rule := w.core.Waits.usual()
	for s := range w.core.near(at, w.core.suiting(nil), rule.Km) {
		if w.budget(s.Session, rule.Multiple) > 0 {
			return false
		}
	}
	return true
}

// offers finds a place to offer to each person of a page, in their order;
// without holds the pincodes where there was none for somebody.
func (w *wave) offers(ctx context.Context, page []Waiter) (list []PlaceOffer, without map[string]bool, err error) {
	numbers := make([]MSISDN, len(page))
	for i, one := range page {
		numbers[i] = one.Household
	}
	homes, err := w.core.households(ctx, numbers)
	if err != nil {
		return nil, nil, err
	}
	without = make(map[string]bool)
	for i, one := range page {
		person, ok := homes[i].Person(one.Reference)
		live, busy := person.Live()
		_, err := w.core.Programme.NextDose(person, DateOf(w.now))
		switch {
		case busy && live.Status == Held:
			continue // and stays on the list until it is booked
		case busy:
			err = w.core.Waitlist.Leave(ctx, one.Household, one.Reference, LeftBooked, w.now)
		case !ok || Refused(err, DosesDone):
			err = w.core.Waitlist.Leave(ctx, one.Household, one.Reference, LeftDone, w.now)
		case err != nil: // not for this person now; perhaps another day
			continue
		default:
			if t, ok := w.place(one, person); ok {
				list = append(list, t)
			} else {
				without[one.Pincode] = true
			}
			continue
		}
		if err != nil {
			return nil, nil, err
		}
	}
	return list, without, nil
}

// households reads many households at once: the store answers them together.
func (c *Core) households(ctx context.Context, numbers []MSISDN) ([]Household, error) {
	homes, errs := make([]Household, len(numbers)), make([]error, len(numbers))
	var wg sync.WaitGroup
	room := make(chan struct{}, 64)
	for i, number := range numbers {
		room <- struct{}{}
		wg.Go(func() {
			homes[i], errs[i] = c.Store.Household(ctx, number)
			<-room
		})
	}
	wg.Wait()
	return homes, errors.Join(errs...)
}

// place takes the nearest place that may still be offered.
func (w *wave) place(one Waiter, person Beneficiary) (PlaceOffer, bool) {
	at, err := w.core.Places.Locate(one.Pincode)
	if err != nil {
		return PlaceOffer{}, false
	}
	rule := w.core.Waits.usual()
	for s := range w.core.near(at, w.core.suiting(&person), rule.Km) {
		if w.budget(s.Session, rule.Multiple) <= 0 {
			continue
		}
		w.left[s.Session.ID]--
		d := w.core.noticeData(person, Appointment{Dose: s.Session.Dose, Vaccine: s.Session.Vaccine, Slot: s.ID, Day: s.Session.Day, Window: s.Window})
		key := fmt.Sprintf("%s/%d/%d", one.Reference, one.Since.UnixMicro(), one.OfferedAt.UnixMicro())
		return PlaceOffer{
			Waiter: one, Session: s.Session, Until: w.now.Add(rule.Answer),
			Notice: w.core.notice(one.Household, NoticeSlotOpened, key, PriorityChange, d),
		}, true
	}
	return PlaceOffer{}, false
}

// budget returns how many more offers may be made of a session.
func (w *wave) budget(s Session, multiple int) int {
	if _, seen := w.left[s.ID]; !seen {
		free := 0
		for _, day := range w.core.Places.Sessions(s.Centre, s.Day, s.Day) {
			if day.ID != s.ID {
				continue
			}
			for _, l := range day.Slots {
				if !l.Closed {
					free += max(0, l.Capacity-l.Booked)
				}
			}
		}
		w.left[s.ID] = multiple*free - w.pending[s.ID]
	}
	return w.left[s.ID]
}
