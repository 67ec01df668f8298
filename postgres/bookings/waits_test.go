package bookings_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/postgres"
	"tikaline/postgres/storetest"
)

// A village is a core over a store, with a clock that can be set, and centres
// around one pincode.
type village struct {
	*booking.Core
	*fixture
	mu    sync.Mutex
	clock time.Time
	ids   []int64 // of centres: three at one pincode, the fourth 40 km away
}

const pincode = "801503"

func newVillage(t *testing.T) *village {
	t.Helper()
	v := &village{clock: storetest.Noon()}
	v.fixture = newFixture(t, postgres.Options{Now: func() time.Time { return v.now() }})
	ctx := t.Context()
	if err := v.PutDistricts(ctx, []booking.District{{ID: 80, Name: booking.Names{"en": "Patna"}, StateID: 5, State: booking.Names{"en": "Bihar"}}}); err != nil {
		t.Fatal(err)
	}
	if err := v.PutPincodes(ctx, []booking.Pincode{{Code: pincode, Lat: 25.6, Lon: 85.0, District: 80}}); err != nil {
		t.Fatal(err)
	}
	var list []booking.Centre
	for i, lat := range []float64{25.6, 25.62, 25.65, 25.96} {
		name := fmt.Sprintf("PHC %d", i+1)
		list = append(list, booking.Centre{Code: name, Name: name, Short: booking.Names{"en": name}, Pincode: fmt.Sprintf("80150%d", 3+i), District: 80, Lat: lat, Lon: 85})
	}
	ids, err := v.PutCentres(ctx, list)
	if err != nil {
		t.Fatal(err)
	}
	v.ids = ids
	v.Core = v.node(v.fixture.Store)
	return v
}

// node is another program on the same database.
func (v *village) node(s *postgres.Store) *booking.Core {
	c := s.Attach(&booking.Core{Places: new(booking.Places), Programme: booking.India2021(), Now: v.now})
	v.look(c)
	return c
}

func (v *village) now() time.Time {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.clock
}

func (v *village) pass(d time.Duration) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.clock = v.clock.Add(d)
}

// look reads the places again, as a node does all the time.
func (v *village) look(c *booking.Core) {
	v.T.Helper()
	d, err := v.LoadDirectory(v.T.Context())
	if err != nil {
		v.T.Fatal(err)
	}
	c.Places.Replace(d)
}

// session opens a session at a centre (from 0) on a day, and returns its id. A
// slot for each capacity, from 9:00, an hour each.
func (v *village) session(centre int, day booking.Date, vaccine string, dose int, capacity ...int) int64 {
	v.T.Helper()
	s := booking.Session{Centre: v.ids[centre], Day: day, Vaccine: vaccine, Dose: dose, MinAge: 18}
	for i, n := range capacity {
		s.Slots = append(s.Slots, booking.Slot{Window: booking.Window{From: int16(540 + 60*i), To: int16(600 + 60*i)}, Capacity: n, Spot: 3})
	}
	if err := v.PutSessions(v.T.Context(), []booking.Session{s}); err != nil {
		v.T.Fatal(err)
	}
	if v.Core != nil {
		v.look(v.Core)
	}
	return int64(v.CountRows(`SELECT id FROM session WHERE centre_id = $1 AND day = $2 AND vaccine = $3 AND dose = $4`, s.Centre, day.Time().Format(time.DateOnly), vaccine, dose))
}

func (v *village) slotsOf(session int64) []booking.SlotID {
	v.T.Helper()
	rows, err := v.Pool.Query(v.T.Context(), `SELECT centre_id, id FROM slot WHERE session_id = $1 ORDER BY starts`, session)
	if err != nil {
		v.T.Fatal(err)
	}
	defer rows.Close()
	var list []booking.SlotID
	for rows.Next() {
		var id booking.SlotID
		if err := rows.Scan(&id.Centre, &id.Slot); err != nil {
			v.T.Fatal(err)
		}
		list = append(list, id)
	}
	return list
}

// people registers n people, each under a number of their own, from the given
// number on.
func (v *village) people(from, n int) []booking.Beneficiary {
	v.T.Helper()
	list := make([]booking.Beneficiary, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			b, err := v.fixture.Register(v.T.Context(), storetest.Person(storetest.Number(from+i), fmt.Sprintf("Asha %c%c", 'a'+i/26%26, 'a'+i%26)))
			if err != nil {
				v.T.Error(err)
			}
			list[i] = b
		})
	}
	wg.Wait()
	if v.T.Failed() {
		v.T.FailNow()
	}
	return list
}

// wait puts people on the list, a second between one and the next.
func (v *village) wait(people ...booking.Beneficiary) {
	v.T.Helper()
	for _, b := range people {
		v.pass(time.Second)
		if err := v.JoinWaitlist(v.T.Context(), b.Household, uuid.New(), pincode, b.Reference); err != nil {
			v.T.Fatal(err)
		}
	}
}

func (v *village) wave(want int) {
	v.T.Helper()
	v.look(v.Core)
	if n, err := v.OfferPlaces(v.T.Context()); err != nil || n != want {
		v.T.Fatalf("told %d, %v, want %d", n, err, want)
	}
}

// told returns how often a person was offered a place.
func (v *village) told(b booking.Beneficiary) int {
	v.T.Helper()
	return v.CountRows(`SELECT count(*) FROM outbox WHERE kind = 'slot_opened' AND msisdn = $1`, string(b.Household))
}

// queued returns how many notices of a kind are in the outbox.
func (v *village) queued(kind booking.NoticeKind) int {
	v.T.Helper()
	return v.CountRows(`SELECT count(*) FROM outbox WHERE kind = $1`, string(kind))
}

func (v *village) live(b booking.Beneficiary) (booking.Appointment, bool) {
	v.T.Helper()
	h, err := v.fixture.Household(v.T.Context(), b.Household)
	if err != nil {
		v.T.Fatal(err)
	}
	p, _ := h.Person(b.Reference)
	return p.Live()
}

func (v *village) take(b booking.Beneficiary, slot booking.SlotID) booking.Appointment {
	v.T.Helper()
	a, err := v.Core.Book(v.T.Context(), b.Household, booking.Booking{Request: uuid.New(), Reference: b.Reference, Slot: slot, Channel: booking.USSD})
	if err != nil {
		v.T.Fatal(err)
	}
	return a
}

// attended stores a dose that was given on a day.
func (v *village) attended(b booking.Beneficiary, vaccine string, day booking.Date) {
	v.T.Helper()
	v.Exec(`INSERT INTO appointment (cell, id, msisdn, reference, dose, vaccine, centre_id, slot_id, session_id, day, starts, ends, status, spot, channel, agent, request, booked_at, updated_at)
		VALUES ($1, $2, $3, $4, 1, $5, $6, 0, 0, $7, 540, 600, 'attended', true, 'staff', '', $2, $8, $8)`,
		b.Household.Cell(), [16]byte(uuid.New()), string(b.Household), b.Reference, vaccine, v.ids[0], day.Time().Format(time.DateOnly), storetest.Noon())
	// It has no place of ours; Consistent counts by slots, and there is no slot
	// 0.
}
