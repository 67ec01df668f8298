package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/calls"
	"tikaline/dialog"
	"tikaline/locales"
	"tikaline/ussd"
)

// engineCost measures the cost of a step with all data in memory: a known
// caller dials, books, and takes the place that is offered.
func engineCost(ctx context.Context, l *lab) ([]figure, error) {
	bare, err := newStage()
	if err != nil {
		return nil, err
	}
	stop, err := l.profile("engine")
	if err != nil {
		return nil, err
	}
	engine, err := l.timed(ctx, bare.prompts)
	if err := errors.Join(err, stop()); err != nil {
		return nil, err
	}
	full, err := newStage()
	if err != nil {
		return nil, err
	}
	if stop, err = l.profile("engine-screens"); err != nil {
		return nil, err
	}
	screens, err := l.timed(ctx, full.screens)
	if err := errors.Join(err, stop()); err != nil {
		return nil, err
	}
	return []figure{
		atMost("engine, a step of a booking without I/O", engine, 20, "%.1f µs"),
		told("– with its screen in Hindi, cut to size", "%.1f µs", screens),
	}, nil
}

// steps is how many steps a booking of a known caller takes.
const steps = 3

// timed returns the microseconds of processor time that a step takes,
// collecting its garbage included, over as many bookings as fit into a round.
func (l *lab) timed(ctx context.Context, once func(context.Context) error) (float64, error) {
	for range 200 { // the first ones fill pools and caches
		if err := once(ctx); err != nil {
			return 0, err
		}
	}
	before, err := ownCPU()
	if err != nil {
		return 0, err
	}
	n := 0
	for began := time.Now(); time.Since(began) < time.Duration(l.seconds)*time.Second; n++ {
		if err := once(ctx); err != nil {
			return 0, err
		}
	}
	after, err := ownCPU()
	return float64((after - before).Nanoseconds()) / 1000 / float64(n*steps), err
}

// ownCPU returns the processor time that this process has taken.
func ownCPU() (time.Duration, error) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0, fmt.Errorf("ask for processor time: %w", err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), nil
}

// A stage is the program without its database and its network: everything is
// in memory, for one caller.
type stage struct {
	*shelf
	gateway *ussd.Gateway
	said    int // sessions begun
}

const stageNumber = booking.MSISDN("+919811000001")

func newStage() (*stage, error) {
	words, err := locales.Default()
	if err != nil {
		return nil, err
	}
	places := new(booking.Places)
	today := booking.DateOf(time.Now())
	d := booking.Directory{
		Districts: []booking.District{{ID: 97, Name: booking.Names{"en": "Patna", "hi": "पटना"}}},
		Pincodes:  []booking.Pincode{{Code: benchPincode, Lat: 25.619, Lon: 85.141, District: 97, DistrictName: "Patna"}},
	}
	for i := range int64(12) {
		d.Centres = append(d.Centres, booking.Centre{
			ID: i + 1, Code: fmt.Sprint("B", i), Name: "PHC", Pincode: benchPincode, District: 97, Address: "Main Road", Government: true,
			Short: booking.Names{"en": "PHC Kankarbagh", "hi": "प्रा.स्वा. केंद्र कंकड़बाग"}, Lat: 25.6 + 0.004*float64(i), Lon: 85.1 + 0.004*float64(i),
		})
		for day := range booking.Date(10) {
			s := booking.Session{ID: i*10 + int64(day) + 1, Centre: i + 1, Day: today + 1 + day, Vaccine: booking.Covishield, Dose: 1, MinAge: 18}
			for w := range int64(4) {
				s.Slots = append(s.Slots, booking.Slot{ID: s.ID*4 + w, Window: booking.Window{From: int16(540 + 120*w), To: int16(660 + 120*w)}, Capacity: 50})
			}
			d.Sessions = append(d.Sessions, s)
		}
	}
	places.Replace(d)
	s := &stage{shelf: &shelf{person: booking.Beneficiary{
		Reference: booking.NewReference(stageNumber, strings.NewReader(strings.Repeat("7", 64))), Household: stageNumber,
		Applicant: booking.Applicant{Name: "सीता देवी", BirthYear: 1958, Gender: booking.Female, PhotoID: "aadhaar", IDLast4: "1234"},
	}}}
	core := &booking.Core{Store: s.shelf, Places: places, Programme: booking.India2021(), Now: time.Now}
	phone := &calls.Service{Now: time.Now} // nobody asks to be called
	s.gateway = &ussd.Gateway{
		Conversations: &dialog.Conversations{Store: s.shelf, Now: time.Now},
		Engine:        dialog.New(func() uuid.UUID { return uuid.Must(uuid.NewV7()) }),
		Desk:          func(n booking.MSISDN) dialog.Core { return phone.Desk(core.Desk(n, booking.USSD, "")) },
		Words:         words,
		Now:           time.Now,
	}
	return s, nil
}

// prompts makes a booking up to the prompts, without wording them. A step is
// what any channel does: load, find the question, answer it, save.
func (s *stage) prompts(ctx context.Context) error {
	s.said++
	s.booked = nil
	for step := range steps {
		m := dialog.Message{Number: stageNumber, ID: fmt.Sprint(s.said, "/", step)}
		_, err := s.gateway.Conversations.Answer(ctx, m, func(ctx context.Context, state *dialog.State) (string, error) {
			t := s.gateway.Engine.Talk(s.gateway.Desk(stageNumber), state)
			if step == 0 {
				_, err := t.Begin(ctx)
				return "CON", err
			}
			p, err := t.Current(ctx)
			if err != nil {
				return "", err
			}
			c, ok := p.Expect.(dialog.Choice)
			if !ok {
				return "", fmt.Errorf("step %d is no choice: %+v", step, p)
			}
			_, err = t.Answer(ctx, p, c.Options[0].Key)
			return "CON", err
		})
		if err != nil {
			return err
		}
	}
	return s.check()
}

// screens makes a booking by USSD, with its words and pages.
func (s *stage) screens(ctx context.Context) error {
	s.said++
	s.booked = nil
	session := fmt.Sprint("ATUid_", s.said)
	for step := range steps {
		_, err := s.gateway.Reply(ctx, ussd.Event{
			Provider: "africastalking", SessionKey: session, Number: stageNumber, Code: "*384*100#", Phase: ussd.Unclear,
			Sep: "*", Input: strings.TrimPrefix(strings.Repeat("*1", step), "*"),
		})
		if err != nil {
			return err
		}
	}
	return s.check()
}

func (s *stage) check() error {
	if len(s.booked) != 1 {
		return fmt.Errorf("%d bookings came of %d steps", len(s.booked), steps)
	}
	return nil
}

// A shelf is one household's data in memory. Methods that a booking does not
// need are those of the nil Store, which would panic.
type shelf struct {
	booking.Store
	person booking.Beneficiary
	booked []booking.Appointment
	record dialog.Record
}

func (s *shelf) Household(context.Context, booking.MSISDN) (booking.Household, error) {
	b := s.person
	b.Appointments = s.booked
	return booking.Household{Number: stageNumber, Language: "hi", Pincode: benchPincode, People: []booking.Beneficiary{b}}, nil
}

func (s *shelf) Book(_ context.Context, a booking.NewAppointment) (booking.Appointment, error) {
	s.booked = append(s.booked, a.Appointment)
	return a.Appointment, nil
}

func (s *shelf) Load(context.Context, booking.MSISDN) (dialog.Record, error) { return s.record, nil }

func (s *shelf) Save(_ context.Context, r dialog.Record) (bool, error) {
	r.Version++
	s.record = r
	return true, nil
}
