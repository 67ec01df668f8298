package postgres_test

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
	"tikaline/postgres/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// today is the day on which every test happens, at noon.
var today = booking.NewDate(2021, time.May, 3)

func noon() time.Time { return today.Time().Add(12 * time.Hour) }

// A fixture is a store on a database of the test's own, and the ways to look
// behind it.
type fixture struct {
	*postgres.Store
	t    testing.TB
	pool *pgxpool.Pool
	url  string
}

// newFixture makes a store with the options; its clock stands at noon.
func newFixture(t testing.TB, o postgres.Options) *fixture {
	t.Helper()
	url := pgtest.URL(t)
	pool, err := pgxpool.New(t.Context(), url+poolSize(url))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	if o.Now == nil {
		o.Now = noon
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
	return &fixture{Store: s, t: t, pool: pool, url: url}
}

func poolSize(url string) string {
	if strings.Contains(url, "?") {
		return "&pool_max_conns=12"
	}
	return "?pool_max_conns=12"
}

// number is the nth mobile number of a test.
func number(n int) booking.MSISDN { return booking.MSISDN(fmt.Sprintf("+919%09d", n)) }

// person is a registration that nothing is wrong with.
func person(n booking.MSISDN, name string) booking.NewPerson {
	return booking.NewPerson{
		Registration: booking.Registration{
			Applicant: booking.Applicant{
				Name: name, BirthYear: 1960, Gender: booking.Female, PhotoID: "voter", IDLast4: strings.ToUpper(rand.Text()[:4]),
			},
			Request: uuid.New(), Channel: booking.USSD,
			Consent: booking.Consent{Version: "2021-1", At: noon(), Channel: booking.USSD},
		},
		Household:  n,
		References: func() string { return booking.NewReference(n, rand.Reader) },
		Max:        4,
		At:         noon(),
		Notices: func(b booking.Beneficiary) []booking.Notice {
			return []booking.Notice{owed(n, booking.NoticeRegistered, b.Reference)}
		},
	}
}

func owed(to booking.MSISDN, kind booking.NoticeKind, key string) booking.Notice {
	return booking.Notice{
		ID: uuid.New(), To: to, Key: string(kind) + ":" + key, Kind: kind, Medium: "sms",
		Priority: booking.PriorityConfirm, Due: noon(), Data: booking.NoticeData{Reference: key},
	}
}

// mustRegister registers somebody.
func (f *fixture) mustRegister(n booking.MSISDN, name string) booking.Beneficiary {
	f.t.Helper()
	b, err := f.Register(f.t.Context(), person(n, name))
	if err != nil {
		f.t.Fatalf("register %s: %v", name, err)
	}
	return b
}

// slots makes a centre with one session tomorrow and a slot for each capacity,
// with a spot share of spot places.
func (f *fixture) slots(spot int, capacity ...int) []booking.SlotID {
	f.t.Helper()
	ctx := f.t.Context()
	if err := f.PutDistricts(ctx, []booking.District{{ID: 80, Name: booking.Names{"en": "Patna"}, StateID: 5, State: booking.Names{"en": "Bihar"}}}); err != nil {
		f.t.Fatal(err)
	}
	code := rand.Text()
	ids, err := f.PutCentres(ctx, []booking.Centre{{Code: code, Name: "PHC Danapur", Short: booking.Names{"en": "PHC Danapur"}, Pincode: "801503", District: 80}})
	if err != nil {
		f.t.Fatal(err)
	}
	session := booking.Session{Centre: ids[0], Day: today + 1, Vaccine: "COVISHIELD", Dose: 1, MinAge: 45}
	for i, c := range capacity {
		session.Slots = append(session.Slots, booking.Slot{
			Window: booking.Window{From: int16(i), To: int16(i + 1)}, Capacity: c, Spot: spot,
		})
	}
	if err := f.PutSessions(ctx, []booking.Session{session}); err != nil {
		f.t.Fatal(err)
	}
	d, err := f.LoadDirectory(ctx)
	if err != nil {
		f.t.Fatal(err)
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
		f.t.Fatalf("made %d slots, see %d", len(capacity), len(list))
	}
	return list
}

// ask is a booking of a person's first dose.
func ask(b booking.Beneficiary, slot booking.SlotID) booking.NewAppointment {
	id := uuid.New()
	return booking.NewAppointment{
		Appointment: booking.Appointment{
			ID: id, Party: id, Household: b.Household, Reference: b.Reference, Dose: 1, Vaccine: "COVISHIELD",
			Slot: slot, Session: 1, Day: today + 1, Window: booking.Window{From: 540, To: 660},
			Status: booking.Booked, Channel: booking.USSD, BookedAt: noon(),
		},
		Request: uuid.New(),
		Notices: []booking.Notice{owed(b.Household, booking.NoticeBooked, id.String())},
	}
}

func (f *fixture) mustBook(b booking.Beneficiary, slot booking.SlotID) booking.Appointment {
	f.t.Helper()
	a, err := f.Book(f.t.Context(), ask(b, slot))
	if err != nil {
		f.t.Fatalf("book: %v", err)
	}
	return a
}

// count is a number that a query finds.
func (f *fixture) count(sql string, args ...any) int {
	f.t.Helper()
	var n int
	if err := f.pool.QueryRow(f.t.Context(), sql, args...).Scan(&n); err != nil {
		f.t.Fatalf("%s: %v", sql, err)
	}
	return n
}

func (f *fixture) exec(sql string, args ...any) {
	f.t.Helper()
	if _, err := f.pool.Exec(f.t.Context(), sql, args...); err != nil {
		f.t.Fatalf("%s: %v", sql, err)
	}
}

// consistent checks the promises over whatever the test has done: no slot holds
// more than its capacity, what slots say is what appointments say, and every
// live appointment is the only one of its dose.
func (f *fixture) consistent() {
	f.t.Helper()
	if n := f.count(`SELECT count(*) FROM slot WHERE booked > capacity OR spot_used > spot`); n != 0 {
		f.t.Errorf("%d slots given to more people than they hold", n)
	}
	if n := f.count(`
		SELECT count(*) FROM slot s WHERE
			s.booked <> (SELECT count(*) FROM appointment a WHERE a.centre_id = s.centre_id AND a.slot_id = s.id
				AND NOT a.spot AND a.status NOT IN ('cancelled', 'removed'))
			OR s.spot_used <> (SELECT count(*) FROM appointment a WHERE a.centre_id = s.centre_id AND a.slot_id = s.id
				AND a.spot AND a.status NOT IN ('cancelled', 'removed'))`); n != 0 {
		f.t.Errorf("%d slots count otherwise than their appointments", n)
	}
	if n := f.count(`SELECT count(*) FROM (SELECT 1 FROM appointment WHERE status IN ('held', 'booked', 'attended')
		GROUP BY cell, reference, dose HAVING count(*) > 1) x`); n != 0 {
		f.t.Errorf("%d doses with two live appointments", n)
	}
}

// refused fails unless err is a Problem with that code.
func refused(t testing.TB, err error, code booking.Code) {
	t.Helper()
	if !booking.Refused(err, code) {
		t.Errorf("got %v, want refused: %s", err, code)
	}
}

// emptyDatabase is the address of a fresh database without a table.
func emptyDatabase(t testing.TB) string {
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
