package storetest

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"tikaline/booking"
	"tikaline/postgres"
	"tikaline/postgres/bookings"
	"tikaline/postgres/calls"
	"tikaline/postgres/conversations"
	"tikaline/postgres/limits"
	"tikaline/postgres/otp"
	"tikaline/postgres/outbox"
	"tikaline/postgres/pgtest"
	"tikaline/postgres/places"
	"tikaline/postgres/staff"
)

// Today is the day on which every test happens, at Noon.
var Today = booking.NewDate(2021, time.May, 3)

func Noon() time.Time { return Today.Time().Add(12 * time.Hour) }

// A Fixture is a store on a database of the test's own, with queries behind its
// back.
type Fixture struct {
	Rooms
	Pool *pgxpool.Pool
	URL  string
	T    testing.TB
}

// Rooms is a store with the methods of all its rooms, but for its leases.
type Rooms struct {
	*bookingRoom
	*waitlistRoom
	*callOffRoom
	*reminderRoom
	*placeRoom
	*callRoom
	*conversationRoom
	*outboxRoom
	*otpRoom
	*limitRoom
	*staffRoom

	Store *postgres.Store
}

// Telephone returns the room of the telephone's records.
func (r Rooms) Telephone() *calls.Store { return r.callRoom }

// RoomsOf opens the rooms of a store.
func RoomsOf(s *postgres.Store) Rooms {
	return Rooms{
		s.Bookings, s.Waitlist, s.CallOffs, s.Reminders, s.Places, s.Calls, s.Conversations, s.Outbox, s.OTP, s.Limits, s.Staff, s,
	}
}

// DaySessions is that of the bookings; the places have one of the same name.
func (r Rooms) DaySessions(ctx context.Context, centre int64, day booking.Date) ([]booking.Session, error) {
	return r.bookingRoom.DaySessions(ctx, centre, day)
}

// The rooms under different names, so that all of them can be embedded.
type (
	bookingRoom      = bookings.Store
	waitlistRoom     = bookings.Waitlist
	callOffRoom      = bookings.CallOffs
	reminderRoom     = bookings.Reminders
	placeRoom        = places.Store
	callRoom         = calls.Store
	conversationRoom = conversations.Store
	outboxRoom       = outbox.Store
	otpRoom          = otp.Store
	limitRoom        = limits.Store
	staffRoom        = staff.Store
)

// New makes a store with the options; its clock stands at Noon.
func New(t testing.TB, o postgres.Options) *Fixture {
	t.Helper()
	url := pgtest.URL(t)
	pool, err := pgxpool.New(t.Context(), url+PoolSize(url))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	if o.Now == nil {
		o.Now = Noon
	}
	s, err := postgres.New(t.Context(), pool, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := s.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return &Fixture{RoomsOf(s), pool, url, t}
}

func PoolSize(url string) string {
	if strings.Contains(url, "?") {
		return "&pool_max_conns=12"
	}
	return "?pool_max_conns=12"
}

// Number returns the nth mobile number of a test.
func Number(n int) booking.MSISDN { return booking.MSISDN(fmt.Sprintf("+919%09d", n)) }

// Person returns a valid registration.
func Person(n booking.MSISDN, name string) booking.NewPerson {
	return booking.NewPerson{
		Registration: booking.Registration{
			Applicant: booking.Applicant{
				Name: name, BirthYear: 1960, Gender: booking.Female, PhotoID: "voter", IDLast4: strings.ToUpper(rand.Text()[:4]),
			},
			Request: uuid.New(), Channel: booking.USSD,
			Consent: booking.Consent{Version: "2021-1", At: Noon(), Channel: booking.USSD},
		},
		Household:  n,
		References: func() string { return booking.NewReference(n, rand.Reader) },
		Max:        4,
		At:         Noon(),
		Notices: func(b booking.Beneficiary) []booking.Notice {
			return []booking.Notice{NewNotice(n, booking.NoticeRegistered, b.Reference)}
		},
	}
}

// NewNotice returns a notice that is due at Noon; key is its key and reference.
func NewNotice(to booking.MSISDN, kind booking.NoticeKind, key string) booking.Notice {
	return booking.Notice{
		ID: uuid.New(), To: to, Key: string(kind) + ":" + key, Kind: kind, Medium: "sms",
		Priority: booking.PriorityConfirm, Due: Noon(), Data: booking.NoticeData{Reference: key},
	}
}

// MustRegister registers a person.
func (f *Fixture) MustRegister(n booking.MSISDN, name string) booking.Beneficiary {
	f.T.Helper()
	b, err := f.Register(f.T.Context(), Person(n, name))
	if err != nil {
		f.T.Fatalf("register %s: %v", name, err)
	}
	return b
}

// Slots makes a centre with one session tomorrow and a slot for each capacity,
// with a share of spot places for walk-ins.
func (f *Fixture) Slots(spot int, capacity ...int) []booking.SlotID {
	f.T.Helper()
	ctx := f.T.Context()
	if err := f.PutDistricts(ctx, []booking.District{{ID: 80, Name: booking.Names{"en": "Patna"}, StateID: 5, State: booking.Names{"en": "Bihar"}}}); err != nil {
		f.T.Fatal(err)
	}
	code := rand.Text()
	ids, err := f.PutCentres(ctx, []booking.Centre{{Code: code, Name: "PHC Danapur", Short: booking.Names{"en": "PHC Danapur"}, Pincode: "801503", District: 80}})
	if err != nil {
		f.T.Fatal(err)
	}
	session := booking.Session{Centre: ids[0], Day: Today + 1, Vaccine: "COVISHIELD", Dose: 1, MinAge: 45}
	for i, c := range capacity {
		session.Slots = append(session.Slots, booking.Slot{
			Window: booking.Window{From: int16(i), To: int16(i + 1)}, Capacity: c, Spot: spot,
		})
	}
	if err := f.PutSessions(ctx, []booking.Session{session}); err != nil {
		f.T.Fatal(err)
	}
	d, err := f.LoadDirectory(ctx)
	if err != nil {
		f.T.Fatal(err)
	}
	var list []booking.SlotID
	for _, e := range d.Sessions {
		for _, l := range e.Slots {
			if e.Centre == ids[0] {
				list = append(list, booking.SlotID{Centre: e.Centre, Slot: l.ID})
			}
		}
	}
	if len(list) != len(capacity) {
		f.T.Fatalf("made %d slots, see %d", len(capacity), len(list))
	}
	return list
}

// Ask returns a booking of a person's first dose.
func Ask(b booking.Beneficiary, slot booking.SlotID) booking.NewAppointment {
	id := uuid.New()
	return booking.NewAppointment{
		Appointment: booking.Appointment{
			ID: id, Party: id, Household: b.Household, Reference: b.Reference, Dose: 1, Vaccine: "COVISHIELD",
			Slot: slot, Session: 1, Day: Today + 1, Window: booking.Window{From: 540, To: 660},
			Status: booking.Booked, Channel: booking.USSD, BookedAt: Noon(),
		},
		Request: uuid.New(),
		Notices: []booking.Notice{NewNotice(b.Household, booking.NoticeBooked, id.String())},
	}
}

func (f *Fixture) MustBook(b booking.Beneficiary, slot booking.SlotID) booking.Appointment {
	f.T.Helper()
	a, err := f.Book(f.T.Context(), Ask(b, slot))
	if err != nil {
		f.T.Fatalf("book: %v", err)
	}
	return a
}

// CountRows returns the number that a query returns.
func (f *Fixture) CountRows(sql string, args ...any) int {
	f.T.Helper()
	var n int
	if err := f.Pool.QueryRow(f.T.Context(), sql, args...).Scan(&n); err != nil {
		f.T.Fatalf("%s: %v", sql, err)
	}
	return n
}

func (f *Fixture) Exec(sql string, args ...any) {
	f.T.Helper()
	if _, err := f.Pool.Exec(f.T.Context(), sql, args...); err != nil {
		f.T.Fatalf("%s: %v", sql, err)
	}
}

// Consistent checks the promises after whatever the test has done: no slot
// holds more than its capacity, the counts of slots equal the appointments, and
// every live appointment is the only one of its dose.
func (f *Fixture) Consistent() {
	f.T.Helper()
	if n := f.CountRows(`SELECT count(*) FROM slot WHERE booked > capacity OR spot_used > spot`); n != 0 {
		f.T.Errorf("%d slots given to more people than they hold", n)
	}
	if n := f.CountRows(`
		SELECT count(*) FROM slot s WHERE
			s.booked <> (SELECT count(*) FROM appointment a WHERE a.centre_id = s.centre_id AND a.slot_id = s.id
				AND NOT a.spot AND a.status NOT IN ('cancelled', 'removed'))
			OR s.spot_used <> (SELECT count(*) FROM appointment a WHERE a.centre_id = s.centre_id AND a.slot_id = s.id
				AND a.spot AND a.status NOT IN ('cancelled', 'removed'))`); n != 0 {
		f.T.Errorf("%d slots count otherwise than their appointments", n)
	}
	if n := f.CountRows(`SELECT count(*) FROM (SELECT 1 FROM appointment WHERE status IN ('held', 'booked', 'attended')
		GROUP BY cell, reference, dose HAVING count(*) > 1) x`); n != 0 {
		f.T.Errorf("%d doses with two live appointments", n)
	}
}

// Refused fails unless err is a Problem with that code.
func Refused(t testing.TB, err error, code booking.Code) {
	t.Helper()
	if !booking.Refused(err, code) {
		t.Errorf("got %v, want refused: %s", err, code)
	}
}

// EmptyDatabase returns the address of a fresh database without a table.
func EmptyDatabase(t testing.TB) string {
	t.Helper()
	base := pgtest.Server(t)
	conn, err := pgx.Connect(t.Context(), base)
	if err != nil {
		t.Fatal(err)
	}
	name := "tikaline_test_empty_" + strings.ToLower(rand.Text())
	if _, err := conn.Exec(t.Context(), "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		defer conn.Close(context.Background())
		if _, err := conn.Exec(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}
