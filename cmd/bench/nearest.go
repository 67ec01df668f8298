package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"tikaline/booking"
)

// nearest measures a search in a whole country's centres.
func nearest(ctx context.Context, l *lab) ([]figure, error) {
	today := booking.DateOf(time.Now())
	places := new(booking.Places)
	began := time.Now()
	places.Replace(wholeCountry(50_000, 14, today))
	l.note("%d centres with 14 days of 8 slots taken in within %s", 50_000, time.Since(began).Round(time.Millisecond))
	programme := booking.India2021()
	due := booking.Due{Dose: 1}
	person := booking.Beneficiary{Applicant: booking.Applicant{BirthYear: 1960}}
	who := booking.Suiting{From: today, Fits: func(s booking.Session) bool { return programme.Suits(person, due, s) == nil }}
	var at []booking.Located
	for _, c := range cities {
		code := fmt.Sprint(800000 + len(at))
		at = append(at, booking.Located{Pincode: booking.Pincode{Code: code, Lat: c[0] + 0.01, Lon: c[1] + 0.01}, Asked: code, Exact: true})
	}
	stop, err := l.profile("nearest")
	if err != nil {
		return nil, err
	}
	n, until := 0, time.Now().Add(time.Duration(l.seconds)*time.Second)
	began = time.Now()
	for ; time.Now().Before(until) && ctx.Err() == nil; n++ {
		if got := places.Nearest(at[n%len(at)], who, 8); len(got) != 8 || got[0].Free == 0 {
			return nil, fmt.Errorf("search %d found %d centres", n, len(got))
		}
	}
	each := time.Since(began) / time.Duration(max(n, 1))
	if err := stop(); err != nil {
		return nil, fmt.Errorf("profile: %w", err)
	}
	return []figure{atMost("nearest 8 of 50,000 centres, for a person", float64(each.Nanoseconds())/1000, 100, "%.0f µs")}, ctx.Err()
}

var cities = [][2]float64{{25.6, 85.1}, {23.4, 85.3}, {22.6, 88.4}, {28.6, 77.2}, {19.0, 72.8}, {13.0, 77.6}, {17.4, 78.5}, {26.2, 91.7}}

// wholeCountry is centres all over, a third of them crowded around cities as
// they are, each with two sessions of four slots a day.
func wholeCountry(centres, days int, first booking.Date) booking.Directory {
	r := rand.New(rand.NewPCG(2021, 5))
	var d booking.Directory
	for i := range centres {
		lat, lon := 8+25*r.Float64(), 70+20*r.Float64()
		if i%3 == 0 {
			c := cities[r.IntN(len(cities))]
			lat, lon = c[0]+r.NormFloat64()*0.3, c[1]+r.NormFloat64()*0.3
		}
		d.Centres = append(d.Centres, booking.Centre{
			ID: int64(i + 1), Code: fmt.Sprint("B", i), Name: "PHC", Pincode: fmt.Sprint(100000 + r.IntN(600000)), District: 97,
			Short: booking.Names{"en": "PHC Kankarbagh", "hi": "प्रा.स्वा. केंद्र कंकड़बाग"}, Address: "Main Road", Lat: lat, Lon: lon, Government: i%5 != 0,
		})
	}
	for day := range days {
		for half, vaccine := range []string{booking.Covishield, booking.Covaxin} {
			var slots []booking.Slot
			for w := range 4 {
				slots = append(slots, booking.Slot{
					ID: int64(day*8 + half*4 + w + 1), Window: booking.Window{From: int16(540 + 120*w), To: int16(660 + 120*w)}, Capacity: 50, Booked: 10 * w,
				})
			}
			for i := range centres {
				d.Sessions = append(d.Sessions, booking.Session{
					ID: int64(i*days*2+day*2+half) + 1, Centre: int64(i + 1), Day: first + 1 + booking.Date(day), Vaccine: vaccine,
					Dose: 1 + (i+day)%2, MinAge: 18, Slots: slots,
				})
			}
		}
	}
	return d
}
