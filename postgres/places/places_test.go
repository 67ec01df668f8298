package places_test

import (
	"reflect"
	"testing"
	"time"

	"tikaline/booking"
	"tikaline/postgres"
	"tikaline/postgres/storetest"
)

func TestImport_is_read_back_as_a_directory(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	ctx := t.Context()
	want := booking.Directory{
		Districts: []booking.District{{
			ID: 80, Name: booking.Names{"en": "Patna", "hi": "पटना", "bn": "পাটনা"}, StateID: 5, State: booking.Names{"en": "Bihar", "hi": "बिहार"},
		}},
		Pincodes: []booking.Pincode{{Code: "800001", Lat: 25.6, Lon: 85.1, District: 80, DistrictName: "PATNA", StateName: "BIHAR"}},
		Centres: []booking.Centre{
			{Code: "b", Name: "PHC Danapur", Short: booking.Names{"en": "PHC Danapur", "hi": "दानापुर"}, Address: "Main road", Block: "Danapur", Pincode: "801503", District: 80, Lat: 25.6, Lon: 85, Government: true},
			{Code: "a", Name: "Apollo", Short: booking.Names{"en": "Apollo"}, Pincode: "800001", District: 80, Fee: 250},
		},
	}
	put := func() []int64 {
		t.Helper()
		if err := f.PutDistricts(ctx, want.Districts); err != nil {
			t.Fatal(err)
		}
		if err := f.PutPincodes(ctx, want.Pincodes); err != nil {
			t.Fatal(err)
		}
		ids, err := f.PutCentres(ctx, want.Centres)
		if err != nil {
			t.Fatal(err)
		}
		for i := range want.Centres {
			want.Centres[i].ID = ids[i]
		}
		return ids
	}
	first := put()
	want.Centres[0].Name, want.Pincodes[0].Lat = "PHC Danapur (new)", 25.7
	if again := put(); !reflect.DeepEqual(first, again) {
		t.Errorf("ids %v became %v", first, again)
	}
	want.Sessions = []booking.Session{
		{Centre: first[0], Day: storetest.Today, Vaccine: "COVISHIELD", Dose: 1, MinAge: 45, Slots: []booking.Slot{
			{Window: booking.Window{From: 540, To: 660}, Capacity: 10, Spot: 2}, {Window: booking.Window{From: 660, To: 780}, Capacity: 5},
		}},
		{Centre: first[0], Day: storetest.Today + 1, Vaccine: "COVAXIN", Dose: 2, MinAge: 18, MaxAge: 44, Slots: []booking.Slot{
			{Window: booking.Window{From: 540, To: 660}, Capacity: 10},
		}},
	}
	old := booking.Session{Centre: first[1], Day: storetest.Today - 1, Vaccine: "COVISHIELD", Dose: 1, Slots: want.Sessions[0].Slots}
	for range 2 {
		if err := f.PutSessions(ctx, append([]booking.Session{old, want.Sessions[1]}, want.Sessions[0])); err != nil {
			t.Fatal(err)
		}
	}
	got, err := f.LoadDirectory(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for i := range got.Sessions { // ids are the database's
		if got.Sessions[i].ID == 0 {
			t.Error("a session has no id")
		}
		got.Sessions[i].ID = 0
		for j := range got.Sessions[i].Slots {
			if got.Sessions[i].Slots[j].ID == 0 {
				t.Error("a slot has no id")
			}
			got.Sessions[i].Slots[j].ID = 0
		}
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestPutSessions_changes_slots_and_keeps_the_booked(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	ctx := t.Context()
	slots := f.Slots(0, 3, 3)
	for i := range 3 {
		f.MustBook(f.MustRegister(storetest.Number(i), "Asha"), slots[0])
	}
	f.Exec(`UPDATE slot SET closed = true WHERE id = $1`, slots[1].Slot)
	again := booking.Session{Centre: slots[0].Centre, Day: storetest.Today + 1, Vaccine: "COVISHIELD", Dose: 1, MinAge: 45, Slots: []booking.Slot{
		{Window: booking.Window{From: 0, To: 5}, Capacity: 1, Spot: 4}, {Window: booking.Window{From: 7, To: 8}, Capacity: 9},
	}}
	if err := f.PutSessions(ctx, []booking.Session{again}); err != nil {
		t.Fatal(err)
	}
	d, _ := f.LoadDirectory(ctx)
	if len(d.Sessions) != 1 || len(d.Sessions[0].Slots) != 3 {
		t.Fatalf("got %+v", d.Sessions)
	}
	l := d.Sessions[0].Slots
	if l[0].ID != slots[0].Slot || l[0].Capacity != 1 || l[0].Booked != 3 || l[0].Spot != 4 || l[0].Window.To != 5 {
		t.Errorf("changed: %+v", l[0])
	}
	if !l[1].Closed || l[1].Capacity != 3 {
		t.Errorf("not in the list: %+v", l[1])
	}
	if l[2].Capacity != 9 {
		t.Errorf("added: %+v", l[2])
	}
}

func TestImport_is_all_or_nothing(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	ctx := t.Context()
	f.Slots(0, 1)
	good := booking.Centre{Code: "x", Name: "x", Short: booking.Names{"en": "x"}, District: 80}
	bad := booking.Centre{Code: "y", Name: "y", Short: booking.Names{"en": "y"}, District: 99}
	if _, err := f.PutCentres(ctx, []booking.Centre{good, bad}); err == nil {
		t.Error("a centre in no district was stored")
	}
	if _, err := f.PutCentres(ctx, []booking.Centre{good, good}); err == nil {
		t.Error("a code was there twice")
	}
	if n := f.CountRows(`SELECT count(*) FROM centre`); n != 1 {
		t.Errorf("%d centres, want the first alone", n)
	}
	session := booking.Session{Centre: 424242, Day: storetest.Today, Vaccine: "v", Dose: 1}
	if err := f.PutSessions(ctx, []booking.Session{session}); err == nil {
		t.Error("a session at no centre was stored")
	}
}

func TestSlotCounts_gives_what_changed(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	ctx := t.Context()
	slots := f.Slots(0, 3, 3)
	all, next, err := f.SlotCounts(ctx, time.Time{})
	if err != nil || len(all) != 2 {
		t.Fatalf("got %+v, %v", all, err)
	}
	// As if the slots had last changed long ago.
	f.Exec(`UPDATE slot SET changed_at = now() - INTERVAL '1 hour'`)
	if none, _, err := f.SlotCounts(ctx, next); err != nil || len(none) != 0 {
		t.Fatalf("got %+v, %v", none, err)
	}
	a := f.MustBook(f.MustRegister(storetest.Number(1), "Asha"), slots[1])
	some, next, err := f.SlotCounts(ctx, next)
	if err != nil || len(some) != 1 || some[0] != (booking.SlotCount{ID: slots[1], Capacity: 3, Booked: 1}) {
		t.Fatalf("got %+v, %v", some, err)
	}
	if _, err := f.End(ctx, storetest.Cancel(a)); err != nil {
		t.Fatal(err)
	}
	if some, _, err = f.SlotCounts(ctx, next); err != nil || len(some) != 1 || some[0].Booked != 0 {
		t.Fatalf("got %+v, %v", some, err)
	}
}

// A batch that began 25 seconds before a read and was committed after it is in
// the next read.
func TestSlotCounts_misses_no_late_commit(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	ctx := t.Context()
	slot := f.Slots(0, 3)[0]
	f.Exec(`UPDATE slot SET changed_at = now() - INTERVAL '1 hour'`)
	tx, err := f.Pool.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(ctx, `
		UPDATE slot SET booked = 2, changed_at = date_bin('10 seconds', now() - INTERVAL '25 seconds', TIMESTAMPTZ '2020-01-01 00:00:00Z')
		WHERE id = $1`, slot.Slot); err != nil {
		t.Fatal(err)
	}
	_, next, err := f.SlotCounts(ctx, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	got, _, err := f.SlotCounts(ctx, next)
	if err != nil || len(got) != 1 || got[0].Booked != 2 {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestDayList(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	ctx := t.Context()
	slot := f.Slots(0, 10)[0]
	at := func(name string, n int, from int16) booking.Appointment {
		q := storetest.Ask(f.MustRegister(storetest.Number(n), name), slot)
		q.Window.From = from
		a, err := f.Book(ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	at("Sita", 1, 600)
	at("Ravi", 2, 540)
	came := at("Asha", 3, 600)
	gone := at("Gita", 4, 540)
	if _, err := f.End(ctx, storetest.Cancel(gone)); err != nil {
		t.Fatal(err)
	}
	attended := storetest.Cancel(came)
	attended.Status = booking.Attended
	if _, err := f.End(ctx, attended); err != nil {
		t.Fatal(err)
	}
	list, err := f.DayList(ctx, slot.Centre, storetest.Today+1)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, l := range list {
		names = append(names, l.Name+" "+string(l.Status))
	}
	if want := []string{"Ravi booked", "Asha attended", "Sita booked"}; !reflect.DeepEqual(names, want) {
		t.Errorf("got %v, want %v", names, want)
	}
	if l := list[0]; l.BirthYear != 1960 || l.Gender != booking.Female || l.PhotoID != "voter" || len(l.IDLast4) != 4 || l.Household != storetest.Number(2) || l.Reference == "" {
		t.Errorf("got %+v", l)
	}
	if list, err := f.DayList(ctx, slot.Centre, storetest.Today); err != nil || len(list) != 0 {
		t.Errorf("another day: %v, %v", list, err)
	}
}
