package booking

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// TestNearestIsBruteForce compares the rings with looking at every centre.
func TestNearestIsBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		span := rapid.SampledFrom([]float64{0.1, 1, 5, 40}).Draw(t, "span")
		position := func(what string) (float64, float64) {
			lat := rapid.SampledFrom([]float64{25, -3, 60}).Draw(t, "band") + rapid.Float64Range(-span, span).Draw(t, what+" lat")/2
			return lat, 85 + rapid.Float64Range(-span, span).Draw(t, what+" lon")
		}
		d := Directory{}
		for i := range rapid.IntRange(0, 60).Draw(t, "centres") {
			lat, lon := position("centre")
			c := centreAt(int64(i+1), lat, lon, rapid.SampledFrom([]string{"800001", "800002", ""}).Draw(t, "pincode"))
			d.Centres = append(d.Centres, c)
			if booked := rapid.IntRange(0, 20).Draw(t, "booked"); booked <= 15 {
				d.Sessions = append(d.Sessions, sessionWith(c.ID, c.ID, Date(booked%3), booked))
			}
		}
		var p Places
		p.Replace(d)
		for i := range d.Sessions { // some places are taken, some given back
			slot := &d.Sessions[i].Slots[0]
			id := SlotID{d.Sessions[i].Centre, slot.ID}
			switch rapid.IntRange(0, 3).Draw(t, "then") {
			case 0:
				p.Filled(id)
				slot.Booked = slot.Capacity
			case 1:
				slot.Booked = rapid.IntRange(8, 12).Draw(t, "booked then")
				p.Filled(id)
				p.Update([]SlotCount{{ID: id, Capacity: slot.Capacity, Booked: slot.Booked}})
			}
		}
		lat, lon := position("caller")
		at := near(lat, lon, rapid.SampledFrom([]string{"800001", "800003"}).Draw(t, "asked"))
		who := Suiting{From: Date(rapid.IntRange(0, 2).Draw(t, "from")), Fits: func(s Session) bool { return s.Day != 1 }}
		most := rapid.IntRange(1, 10).Draw(t, "max")
		got, want := ids(p.Nearest(at, who, most)), bruteForce(d, at, who, most)
		if !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

func bruteForce(d Directory, at Located, who Suiting, most int) []int64 {
	type one struct {
		id   int64
		by   float64
		room bool
	}
	for _, reach := range []float64{150, 600} {
		var all []one
		for _, c := range d.Centres {
			o := one{id: c.ID, by: km(at.Lat, at.Lon, c.Lat, c.Lon)}
			if c.Pincode == at.Asked {
				o.by = min(o.by, 1)
			}
			for _, s := range d.Sessions {
				o.room = o.room || s.Centre == c.ID && s.Day >= who.From && who.Fits(s) && s.Slots[0].Booked < s.Slots[0].Capacity
			}
			if o.by <= reach {
				all = append(all, o)
			}
		}
		slices.SortFunc(all, func(a, b one) int {
			if a.room != b.room {
				return map[bool]int{true: -1, false: 1}[a.room]
			}
			return cmp.Or(cmp.Compare(a.by, b.by), cmp.Compare(a.id, b.id))
		})
		var list []int64
		for _, o := range all[:min(most, len(all))] {
			list = append(list, o.id)
		}
		if list != nil {
			return list
		}
	}
	return nil
}

// TestKmIsTheGreatCircle holds what km promises against the haversine.
func TestKmIsTheGreatCircle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lat, lon := rapid.Float64Range(6, 37).Draw(t, "lat"), rapid.Float64Range(68, 97).Draw(t, "lon")
		lat2, lon2 := lat+rapid.Float64Range(-1, 1).Draw(t, "dlat"), lon+rapid.Float64Range(-1, 1).Draw(t, "dlon")
		sin2 := func(degrees float64) float64 { s := math.Sin(degrees * math.Pi / 360); return s * s }
		h := sin2(lat2-lat) + math.Cos(lat*math.Pi/180)*math.Cos(lat2*math.Pi/180)*sin2(lon2-lon)
		want := 2 * 180 / math.Pi * kmDegree * math.Asin(math.Sqrt(h))
		if got := km(lat, lon, lat2, lon2); math.Abs(got-want) > 0.001*want+1e-6 {
			t.Fatalf("got %f, want %f", got, want)
		}
	})
}

// TestSearchWhileChanging is for the race detector; besides, a search must
// never see a slot with room that never had any.
func TestSearchWhileChanging(t *testing.T) {
	d := country(300, 3)
	var p Places
	p.Replace(d)
	var changing, searching sync.WaitGroup
	stop := make(chan struct{})
	for range 2 {
		searching.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				for _, o := range p.Nearest(near(25.5, 85, "800001"), anyone, 8) {
					for _, s := range p.Slots(o.Centre.ID, anyone) {
						if s.Free > 50 {
							t.Errorf("%d free", s.Free)
						}
						p.Filled(s.ID)
						p.Slot(s.ID)
					}
				}
				p.Locate("800001")
			}
		})
	}
	for n := range 2 {
		changing.Go(func() {
			r := rand.New(rand.NewPCG(1, uint64(n)))
			for i := range 100 {
				if n == 0 && i%5 == 0 {
					p.Replace(d)
				}
				counts := make([]SlotCount, 100)
				for j := range counts {
					counts[j] = SlotCount{ID: SlotID{r.Int64N(300) + 1, r.Int64N(20) + 1}, Capacity: 50, Booked: r.IntN(60)}
				}
				p.Update(counts)
			}
		})
	}
	changing.Wait()
	close(stop)
	searching.Wait()
}
