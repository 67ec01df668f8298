package bookings_test

import (
	"errors"
	"testing"
	"time"

	"tikaline/booking"
	"tikaline/postgres"
	"tikaline/postgres/storetest"
)

func TestHousehold_never_seen_is_no_error(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	h, err := f.Household(t.Context(), storetest.Number(1))
	if err != nil || h.Number != storetest.Number(1) || h.Language != "" || len(h.People) != 0 {
		t.Errorf("got %+v, %v", h, err)
	}
}

func TestRemember_keeps_what_is_set_and_leaves_the_rest(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	ctx, n := t.Context(), storetest.Number(1)
	for _, m := range []booking.Memory{
		{Language: "hi", At: storetest.Noon()},
		{Pincode: "800001", At: storetest.Noon()},
		{Consent: booking.Consent{Version: "1", At: storetest.Noon(), Channel: booking.SMS}, At: storetest.Noon()},
		{Consent: booking.Consent{Version: "1", At: storetest.Noon().Add(time.Hour), Channel: booking.IVR}, At: storetest.Noon()},
		{Language: "bn", At: storetest.Noon()},
	} {
		if err := f.Remember(ctx, n, m); err != nil {
			t.Fatal(err)
		}
	}
	h, err := f.Household(ctx, n)
	if err != nil {
		t.Fatal(err)
	}
	if h.Language != "bn" || h.Pincode != "800001" {
		t.Errorf("got %+v", h)
	}
	if h.Consent.Version != "1" || !h.Consent.At.Equal(storetest.Noon()) || h.Consent.Channel != booking.SMS {
		t.Errorf("a consent to the same text was dated anew: %+v", h.Consent)
	}
	if err := f.Remember(ctx, n, booking.Memory{Consent: booking.Consent{Version: "2", At: storetest.Noon(), Channel: booking.Web}, At: storetest.Noon()}); err != nil {
		t.Fatal(err)
	}
	if h, _ = f.Household(ctx, n); h.Consent.Version != "2" || h.Consent.Channel != booking.Web {
		t.Errorf("a consent to another text was lost: %+v", h.Consent)
	}
}

func TestRegister(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	ctx, n := t.Context(), storetest.Number(1)
	first := storetest.Person(n, "Asha Devi")
	first.Recording, first.Certificate, first.Agent = "r1", true, "a7"
	b, err := f.Register(ctx, first)
	if err != nil {
		t.Fatal(err)
	}
	if cell, ok := booking.CellOfReference(b.Reference); !ok || cell != n.Cell() {
		t.Errorf("reference %q is not of the number's cell", b.Reference)
	}

	t.Run("again gives the same person and one notice", func(t *testing.T) {
		again, err := f.Register(ctx, first)
		if err != nil || again.Reference != b.Reference {
			t.Errorf("got %+v, %v", again, err)
		}
		if got := f.CountRows(`SELECT count(*) FROM outbox`); got != 1 {
			t.Errorf("%d notices pending, want 1", got)
		}
	})
	t.Run("is read back whole, with the consent", func(t *testing.T) {
		h, err := f.Household(ctx, n)
		if err != nil || len(h.People) != 1 {
			t.Fatalf("got %+v, %v", h, err)
		}
		p := h.People[0]
		if p.Applicant != first.Applicant || p.Household != n || !p.RegisteredAt.Equal(storetest.Noon()) {
			t.Errorf("got %+v, want %+v", p, first.Applicant)
		}
		if h.Consent.Version != "2021-1" || h.Consent.Channel != booking.USSD {
			t.Errorf("consent is %+v", h.Consent)
		}
		r, err := f.ByReference(ctx, b.Reference)
		if err != nil || r.Number != n || len(r.People) != 1 {
			t.Errorf("by reference: %+v, %v", r, err)
		}
	})
	t.Run("same person", func(t *testing.T) {
		q := storetest.Person(n, "ASHA devi")
		_, err := f.Register(ctx, q)
		storetest.Refused(t, err, booking.SamePerson)
		if p, _ := booking.AsProblem(err); p == nil || p.Args["Name"] != "Asha Devi" {
			t.Errorf("problem says %v", p)
		}
	})
	t.Run("same id", func(t *testing.T) {
		q := storetest.Person(n, "Ravi Kumar")
		q.IDLast4 = first.IDLast4
		_, err := f.Register(ctx, q)
		storetest.Refused(t, err, booking.SameID)
	})
	t.Run("household full", func(t *testing.T) {
		for _, name := range []string{"Ravi Kumar", "Sita", "Gita"} {
			f.MustRegister(n, name)
		}
		_, err := f.Register(ctx, storetest.Person(n, "Rita"))
		storetest.Refused(t, err, booking.HouseholdFull)
		if p, _ := booking.AsProblem(err); p == nil || p.Args["Max"] != 4 {
			t.Errorf("problem says %v", p)
		}
		if _, err := f.Register(ctx, first); err != nil {
			t.Errorf("a full household's first message came again: %v", err)
		}
	})
	t.Run("a removed person leaves a seat", func(t *testing.T) {
		if err := f.Remove(ctx, n, b.Reference, storetest.Noon()); err != nil {
			t.Fatal(err)
		}
		f.MustRegister(n, "Asha Devi")
		h, _ := f.Household(ctx, n)
		if len(h.People) != 4 {
			t.Errorf("%d people, want 4", len(h.People))
		}
		again, err := f.Register(ctx, first)
		if err != nil || again.Reference != b.Reference {
			t.Errorf("the first message came again: %+v, %v", again, err)
		}
	})
}

func TestRegister_reference_taken_makes_another(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	a := f.MustRegister(storetest.Number(1), "Asha Devi")
	q := storetest.Person(storetest.Number(1), "Ravi Kumar")
	fresh, asked := q.References, 0
	q.References = func() string {
		if asked++; asked == 1 {
			return a.Reference
		}
		return fresh()
	}
	b, err := f.Register(t.Context(), q)
	if err != nil || b.Reference == a.Reference || asked != 2 {
		t.Errorf("got %q after asking %d times, %v", b.Reference, asked, err)
	}
	q = storetest.Person(storetest.Number(1), "Sita")
	q.References = func() string { return a.Reference }
	if _, err := f.Register(t.Context(), q); err == nil {
		t.Error("two people have one reference")
	}
}

func TestByReference_unknown_and_mistyped(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	_, err := f.ByReference(t.Context(), storetest.Person(storetest.Number(1), "x").References())
	storetest.Refused(t, err, booking.NobodyYet)
	_, err = f.ByReference(t.Context(), "12345")
	storetest.Refused(t, err, booking.NobodyYet)
}

func TestRemove(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	ctx, n := t.Context(), storetest.Number(1)
	slot := f.Slots(0, 5)[0]

	storetest.Refused(t, f.Remove(ctx, n, "10000000000000", storetest.Noon()), booking.NobodyYet)

	b := f.MustRegister(n, "Asha Devi")
	storetest.Refused(t, f.Remove(ctx, storetest.Number(2), b.Reference, storetest.Noon()), booking.NobodyYet)
	a := f.MustBook(b, slot)
	storetest.Refused(t, f.Remove(ctx, n, b.Reference, storetest.Noon()), booking.HasBooking)

	end := booking.Ending{Household: n, Appointment: a.ID, Status: booking.Cancelled, At: storetest.Noon()}
	if _, err := f.End(ctx, end); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := f.Remove(ctx, n, b.Reference, storetest.Noon().Add(time.Minute)); err != nil {
			t.Error(err)
		}
	}
	if h, _ := f.Household(ctx, n); len(h.People) != 0 {
		t.Errorf("still there: %+v", h.People)
	}
	_, err := f.Book(ctx, storetest.Ask(b, slot))
	storetest.Refused(t, err, booking.NobodyYet)
	_, err = f.ByReference(ctx, b.Reference)
	storetest.Refused(t, err, booking.NobodyYet)

	v := f.MustRegister(n, "Ravi Kumar")
	a = f.MustBook(v, slot)
	if _, err := f.End(ctx, booking.Ending{Household: n, Appointment: a.ID, Status: booking.Attended, At: storetest.Noon()}); err != nil {
		t.Fatal(err)
	}
	storetest.Refused(t, f.Remove(ctx, n, v.Reference, storetest.Noon()), booking.Vaccinated)
	f.Consistent()
}

// A booking and a removal of one person at once: one of them wins, and a
// removed person never holds a place.
func TestRemove_beside_a_booking(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	slot := f.Slots(0, 1000)[0]
	for i := range 40 {
		b := f.MustRegister(storetest.Number(i), "Asha Devi")
		booked, removed := make(chan error, 1), make(chan error, 1)
		go func() { _, err := f.Book(t.Context(), storetest.Ask(b, slot)); booked <- err }()
		go func() { removed <- f.Remove(t.Context(), b.Household, b.Reference, storetest.Noon()) }()
		bookErr, removeErr := <-booked, <-removed
		if (bookErr == nil) == (removeErr == nil) {
			t.Fatalf("booking: %v, removal: %v", bookErr, removeErr)
		}
	}
	if n := f.CountRows(`SELECT count(*) FROM appointment a JOIN beneficiary b USING (cell, reference)
		WHERE a.status = 'booked' AND b.removed_at IS NOT NULL`); n != 0 {
		t.Errorf("%d removed people hold a place", n)
	}
	f.Consistent()
}

// The fifth of a family, while the fourth registers on another channel.
func TestRegister_from_two_channels_at_once(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{Writers: 2})
	other := f.Sibling()
	for i := range 20 {
		n := storetest.Number(i)
		for _, name := range []string{"Asha", "Ravi", "Sita"} {
			f.MustRegister(n, name)
		}
		errs := make(chan error, 2)
		go func() { _, err := f.Register(t.Context(), storetest.Person(n, "Gita")); errs <- err }()
		go func() { _, err := other.Register(t.Context(), storetest.Person(n, "Rita")); errs <- err }()
		a, b := <-errs, <-errs
		if (a == nil) == (b == nil) || !booking.Refused(errors.Join(a, b), booking.HouseholdFull) {
			t.Fatalf("two asked for the last seat: %v and %v", a, b)
		}
	}
	if n := f.CountRows(`SELECT count(*) FROM (SELECT 1 FROM beneficiary GROUP BY cell, msisdn HAVING count(*) <> 4) x`); n != 0 {
		t.Errorf("%d numbers have not four people", n)
	}
}

func TestRegister_delivered_five_times_at_once(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	other := f.Sibling()
	q := storetest.Person(storetest.Number(1), "Asha Devi")
	refs := make(chan string, 10)
	for i := range 10 {
		go func() {
			s := f.Rooms
			if i%2 == 0 {
				s = other
			}
			b, err := s.Register(t.Context(), q)
			if err != nil {
				t.Error(err)
			}
			refs <- b.Reference
		}()
	}
	first := <-refs
	for range 9 {
		if r := <-refs; r != first {
			t.Errorf("references %s and %s", first, r)
		}
	}
	if n := f.CountRows(`SELECT count(*) FROM outbox`); n != 1 {
		t.Errorf("%d notices, want 1", n)
	}
}
