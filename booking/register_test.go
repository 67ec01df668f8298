package booking_test

import (
	"testing"

	"github.com/google/uuid"

	"tikaline/booking"
)

func TestRegister(t *testing.T) {
	good := func() booking.Registration {
		return booking.Registration{
			Applicant: booking.Applicant{Name: " Asha  Devi", BirthYear: 1976, Gender: booking.Female, PhotoID: "voter", IDLast4: "wb/01 1234"},
			Request:   uuid.New(), Consent: booking.Consent{Version: "2021-1"}, Channel: booking.USSD, Agent: "kamla",
		}
	}
	for name, tt := range map[string]struct {
		at    string
		spoil func(*booking.Registration)
		want  booking.Code
	}{
		"whole":                             {"2021-06-01 10:00", func(*booking.Registration) {}, ""},
		"no consent":                        {"2021-06-01 10:00", func(r *booking.Registration) { r.Consent = booking.Consent{} }, booking.ConsentNeeded},
		"no name":                           {"2021-06-01 10:00", func(r *booking.Registration) { r.Name = "" }, booking.NameTooShort},
		"recorded name":                     {"2021-06-01 10:00", func(r *booking.Registration) { r.Name, r.Recording = "", "RE1" }, ""},
		"recorded name written down badly":  {"2021-06-01 10:00", func(r *booking.Registration) { r.Name, r.Recording = "7", "RE1" }, booking.NameNotWords},
		"not born yet":                      {"2021-06-01 10:00", func(r *booking.Registration) { r.BirthYear = 2022 }, booking.BadYear},
		"no year":                           {"2021-06-01 10:00", func(r *booking.Registration) { r.BirthYear = 0 }, booking.BadYear},
		"id too short":                      {"2021-06-01 10:00", func(r *booking.Registration) { r.IDLast4 = "123" }, booking.BadID},
		"id of no kind":                     {"2021-06-01 10:00", func(r *booking.Registration) { r.PhotoID = "library" }, booking.BadID},
		"ration card in May":                {"2021-05-01 10:00", func(r *booking.Registration) { r.PhotoID = "ration" }, ""},
		"ration card in April":              {"2021-04-30 10:00", func(r *booking.Registration) { r.PhotoID = "ration" }, booking.BadID},
		"too young":                         {"2021-06-01 10:00", func(r *booking.Registration) { r.BirthYear = 2004 }, booking.TooYoung},
		"45 in March without a certificate": {"2021-03-02 10:00", func(*booking.Registration) {}, booking.CertificateNeeded},
		"45 in March with a certificate":    {"2021-03-02 10:00", func(r *booking.Registration) { r.Certificate = true }, ""},
		"60 a minute before it opens":       {"2021-02-28 23:59", func(r *booking.Registration) { r.BirthYear = 1950 }, booking.NotForYou},
		"60 as it opens":                    {"2021-03-01 00:00", func(r *booking.Registration) { r.BirthYear = 1950 }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, tt.at)
			r := good()
			tt.spoil(&r)
			_, err := d.Register(ctx, ours, r)
			if got := code(t, err); got != tt.want {
				t.Errorf("refused with %q, want %q", got, tt.want)
			}
			if registered := len(d.store.house.People) == 1; registered != (tt.want == "") || registered != (len(d.store.notices) == 1) {
				t.Errorf("registered %d, queued %v", len(d.store.house.People), d.store.kinds())
			}
		})
	}
	t.Run("keeps what was said, tidied, and when it was agreed to", func(t *testing.T) {
		d := newDesk(t, "2021-06-01 10:00")
		b, err := d.Register(ctx, ours, good())
		if err != nil {
			t.Fatal(err)
		}
		if b.Name != "Asha Devi" || b.IDLast4 != "1234" || !b.RegisteredAt.Equal(d.now) {
			t.Errorf("keeps %+v", b)
		}
		if c := d.store.house.Consent; c.Version != "2021-1" || !c.At.Equal(d.now) || c.Channel != booking.USSD {
			t.Errorf("keeps the consent %+v", c)
		}
		if cell, ok := booking.CellOfReference(b.Reference); !ok || cell != ours.Cell() {
			t.Errorf("reference %s", b.Reference)
		}
		n := d.store.notices[0]
		if n.To != ours || n.Kind != booking.NoticeRegistered || n.Data.Reference != b.Reference || n.ID == uuid.Nil || !n.Due.Equal(d.now) {
			t.Errorf("queued %+v", n)
		}
	})
	t.Run("asked again it gives the same person and queues nothing more", func(t *testing.T) {
		d := newDesk(t, "2021-06-01 10:00")
		r := good()
		first, err := d.Register(ctx, ours, r)
		if err != nil {
			t.Fatal(err)
		}
		again, err := d.Register(ctx, ours, r)
		if err != nil || again.Reference != first.Reference || len(d.store.notices) != 1 {
			t.Errorf("%s, then %s, %v; queued %v", first.Reference, again.Reference, err, d.store.kinds())
		}
	})
	t.Run("tells the store how many a number may have", func(t *testing.T) {
		for at, want := range map[string]int{"2022-01-20 23:59": 4, "2022-01-21 00:00": 6} {
			d := newDesk(t, at)
			if _, err := d.Register(ctx, ours, good()); err != nil || d.store.max != want {
				t.Errorf("at %s %d, %v; want %d", at, d.store.max, err, want)
			}
		}
	})
	t.Run("passes on what the store refuses", func(t *testing.T) {
		d := newDesk(t, "2021-06-01 10:00")
		d.store.refuse = booking.Refuse(booking.SamePerson, "Name", "Asha Devi")
		if _, err := d.Register(ctx, ours, good()); !booking.Refused(err, booking.SamePerson) {
			t.Errorf("%v", err)
		}
	})
}
