package booking

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
)

// country returns as many centres, crowded around cities as they are, each with
// two sessions of four slots on so many days. Slot ids are unique within a
// centre, which is all that is promised of them.
func country(centres, days int) Directory {
	r := rand.New(rand.NewPCG(2021, 4))
	cities := [][2]float64{{25.6, 85.1}, {23.4, 85.3}, {22.6, 88.4}, {28.6, 77.2}, {19.0, 72.8}, {13.0, 77.6}, {17.4, 78.5}, {26.2, 91.7}}
	var d Directory
	for i := range centres {
		lat, lon := 8+25*r.Float64(), 70+20*r.Float64()
		if i%3 == 0 {
			c := cities[r.IntN(len(cities))]
			lat, lon = c[0]+r.NormFloat64()*0.3, c[1]+r.NormFloat64()*0.3
		}
		d.Centres = append(d.Centres, centreAt(int64(i+1), lat, lon, fmt.Sprint(100000+r.IntN(750000))))
	}
	for day := range days {
		for half, vaccine := range []string{"COVISHIELD", "COVAXIN"} {
			var slots []Slot
			for w := range 4 {
				id := int64(day*8 + half*4 + w + 1)
				slots = append(slots, Slot{ID: id, Window: Window{int16(540 + 120*w), int16(660 + 120*w)}, Capacity: 50, Booked: 10 * w})
			}
			for i := range centres {
				d.Sessions = append(d.Sessions, Session{
					ID: int64(i*days*2+day*2+half) + 1, Centre: int64(i + 1), Day: Date(day), Vaccine: vaccine, Dose: 1 + (i+day)%2, MinAge: 18, Slots: slots,
				})
			}
		}
	}
	return d
}

var wholeCountry = sync.OnceValues(func() (*Places, Directory) {
	d := country(50_000, 14)
	p := new(Places)
	p.Replace(d)
	return p, d
})

func BenchmarkNearest(b *testing.B) {
	p, d := wholeCountry()
	at := []Located{near(25.61, 85.14, "800001"), near(22.57, 88.35, "700001"), near(28.63, 77.22, "110001"), near(23.37, 85.33, "834001"), near(21.5, 80.1, "441901")}
	programme := India2021()
	person := Beneficiary{Applicant: Applicant{BirthYear: 1960}}
	due := Due{Dose: 1}
	day := NewDate(2021, 6, 1)
	cases := []struct {
		name string
		who  Suiting
	}{
		{"anyone", Suiting{Fits: func(Session) bool { return true }}},
		{"person", Suiting{Fits: func(s Session) bool { s.Day += day; return programme.Suits(person, due, s) == nil }}},
		{"only_the_last_day", Suiting{From: 13}},
		{"nobody", Suiting{Fits: func(Session) bool { return false }}},
	}
	for _, c := range cases {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if len(p.Nearest(at[i%len(at)], c.who, 8)) != 8 {
					b.Fatal("too few")
				}
			}
		})
	}
	b.Run("all_full", func(b *testing.B) {
		var counts []SlotCount
		for _, s := range d.Sessions {
			for _, slot := range s.Slots {
				counts = append(counts, SlotCount{ID: SlotID{s.Centre, slot.ID}, Capacity: 50, Booked: 50})
			}
		}
		full := new(Places)
		full.Replace(d)
		full.Update(counts)
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			full.Nearest(at[i%len(at)], anyone, 8)
		}
	})
}

func BenchmarkSlots(b *testing.B) {
	p, _ := wholeCountry()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		p.Slots(int64(i%50_000)+1, anyone)
	}
}

func BenchmarkUpdate100k(b *testing.B) {
	p, _ := wholeCountry()
	counts := make([]SlotCount, 100_000)
	for i := range counts {
		counts[i] = SlotCount{ID: SlotID{int64(i%50_000) + 1, int64(i%112) + 1}, Capacity: 50, Booked: i % 50}
	}
	for b.Loop() {
		if p.Update(counts) != 0 {
			b.Fatal("unknown")
		}
	}
}

func BenchmarkReplace(b *testing.B) {
	_, d := wholeCountry()
	p := new(Places)
	for b.Loop() {
		p.Replace(d)
	}
}
