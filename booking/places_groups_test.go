package booking_test

import (
	"fmt"
	"slices"
	"testing"

	"tikaline/booking"
)

// TestPlaces_groups holds that sessions of two doses are one group, that vaccines,
// ages and days are not, and that what was called off is gone.
func TestPlaces_groups(t *testing.T) {
	noon := booking.Window{From: 720, To: 780}
	at := func(id int64, day booking.Date, vaccine string, dose, from, to int, slots ...booking.Slot) booking.Session {
		return booking.Session{ID: id, Centre: 1, Day: day, Vaccine: vaccine, Dose: dose, MinAge: from, MaxAge: to, Slots: slots}
	}
	p := new(booking.Places)
	p.Replace(booking.Directory{
		Centres: []booking.Centre{
			{ID: 2, Pincode: "801503", District: 80, Lat: 25.61, Lon: 85},
			{ID: 1, Pincode: "801503", District: 80, Lat: 25.6, Lon: 85},
			{ID: 3, Pincode: "801505", District: 80, Lat: 26.6, Lon: 85},
			{ID: 4, Pincode: "801505", District: 81},
		},
		Sessions: []booking.Session{
			at(1, 101, "COVAXIN", 1, 45, 0, booking.Slot{ID: 1, Window: noon, Capacity: 5}),
			at(2, 100, "COVAXIN", 2, 45, 0, booking.Slot{ID: 2, Window: noon, Capacity: 5, Booked: 1}, booking.Slot{ID: 3, Window: early, Capacity: 5}),
			at(3, 100, "COVAXIN", 1, 45, 0, booking.Slot{ID: 4, Window: noon, Capacity: 7}),
			at(4, 100, "COVISHIELD", 1, 45, 0, booking.Slot{ID: 5, Window: noon, Capacity: 2, Booked: 3}),
			at(5, 100, "COVAXIN", 1, 18, 44, booking.Slot{ID: 6, Window: noon, Capacity: 1}),
			at(6, 100, "SPUTNIK V", 1, 18, 44, booking.Slot{ID: 7, Window: noon, Capacity: 1, Closed: true}),
			at(7, 102, "COVAXIN", 1, 45, 0, booking.Slot{ID: 8, Window: noon, Capacity: 5}),
		},
	})
	var got []string
	for _, g := range p.Groups(1, 100, 101) {
		var slots []int64
		for _, s := range g.Slots {
			slots = append(slots, s.ID.Slot)
		}
		got = append(got, fmt.Sprintf("%d %s %d %d %d %d %v", g.Day-100, g.Vaccine, g.MinAge, g.MaxAge, g.Free(1), g.Free(2), slots))
	}
	want := []string{"0 COVAXIN 18 44 1 0 [6]", "0 COVAXIN 45 0 7 9 [3 4 2]", "0 COVISHIELD 45 0 0 0 [5]", "1 COVAXIN 45 0 5 0 [1]"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if g := p.Groups(9, 100, 101); g != nil {
		t.Errorf("an unknown centre has %v", g)
	}
	ids := func(list []booking.Centre) (ids []int64) {
		for _, c := range list {
			ids = append(ids, c.ID)
		}
		return ids
	}
	if at, in, none := ids(p.CentresAt("801503")), ids(p.CentresIn(80)), ids(p.CentresAt("8015")); !slices.Equal(at, []int64{1, 2}) || !slices.Equal(in, []int64{1, 2, 3}) || none != nil {
		t.Errorf("at the pincode %v, in the district %v, nowhere %v", at, in, none)
	}
	near := p.CentresNear(25.611, 85, 25, 10)
	if len(near) != 2 || near[0].Centre.ID != 2 || near[1].Centre.ID != 1 {
		t.Errorf("near are %v", near)
	}
}
