package ops

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"tikaline/booking"
)

// sessionCommand is what an operator does with sessions.
type sessionCommand struct {
	List   sessionList   `cmd:"" help:"List a centre's sessions of a day, with their ids."`
	Cancel sessionCancel `cmd:"" help:"Call a session off: everybody booked is offered another place, told and accounted for."`
}

// sessionList lists sessions.
type sessionList struct {
	Database

	Centre string `required:"" help:"Code of the centre."`
	Date   string `required:"" help:"Day, as YYYY-MM-DD."`
}

// Run lists.
func (c *sessionList) Run(ctx context.Context, w World) error {
	day, err := booking.ParseDate(c.Date)
	if err != nil {
		return err
	}
	return c.with(ctx, w, func(db *DB) error { return c.list(ctx, w, db, day) })
}

func (c *sessionList) list(ctx context.Context, w World, db *DB, day booking.Date) error {
	d, err := db.Store.Places.LoadDirectory(ctx)
	if err != nil {
		return err
	}
	centre, ok := centreOf(d, c.Centre)
	if !ok {
		return fmt.Errorf("no centre has the code %q", c.Centre)
	}
	fmt.Fprintf(w.Out, "%s, %s\n", centre.Name, day)
	t := tabwriter.NewWriter(w.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "id\tvaccine\tdose\tages\thours\tbooked\tplaces\t")
	n := 0
	for _, s := range d.Sessions {
		if s.Centre == centre.ID && s.Day == day {
			n++
			fmt.Fprintln(t, sessionLine(s))
		}
	}
	if n == 0 {
		fmt.Fprintln(w.Out, "No sessions. Days that are over are not listed.")
		return nil
	}
	return t.Flush()
}

func centreOf(d booking.Directory, code string) (booking.Centre, bool) {
	for _, c := range d.Centres {
		if c.Code == code {
			return c, true
		}
	}
	return booking.Centre{}, false
}

func sessionLine(s booking.Session) string {
	ages := fmt.Sprintf("%d+", s.MinAge)
	if s.MaxAge != 0 {
		ages = fmt.Sprintf("%d-%d", s.MinAge, s.MaxAge)
	}
	var booked, places int
	closed := len(s.Slots) > 0
	hours := booking.Window{From: 24 * 60}
	for _, l := range s.Slots {
		booked, places = booked+l.Booked, places+l.Capacity
		hours.From, hours.To = min(hours.From, l.Window.From), max(hours.To, l.Window.To)
		closed = closed && l.Closed
	}
	state := ""
	if closed {
		state = "called off"
	}
	return fmt.Sprintf("%d\t%s\t%d\t%s\t%s\t%d\t%d\t%s", s.ID, s.Vaccine, s.Dose, ages, hours, booked, places, state)
}

// sessionCancel calls a session off.
type sessionCancel struct {
	Database

	ID     int64         `arg:"" help:"The session's id: see tikaline session list."`
	Reason string        `required:"" help:"Why, for the record. It is not sent to anybody."`
	Offer  time.Duration `default:"24h" help:"How long another place is kept for somebody who does not answer; never beyond the evening before."`
	Km     float64       `default:"25" help:"How far away that place may be."`
}

// Run calls the session off. Stopped half-way, it goes on where it was when it
// is run again, and run once more it reports how it stands by then.
func (c *sessionCancel) Run(ctx context.Context, w World) error {
	if c.Reason = strings.TrimSpace(c.Reason); c.Reason == "" || c.Offer <= 0 || c.Km <= 0 {
		return errors.New("say why with --reason; --offer and --km are more than 0")
	}
	programme, err := c.ReadProgramme()
	if err != nil {
		return err
	}
	return c.with(ctx, w, func(db *DB) error { return c.cancel(ctx, w, db, programme) })
}

func (c *sessionCancel) cancel(ctx context.Context, w World, db *DB, programme *booking.Programme) error {
	core, err := db.Core(ctx, programme, w.Now)
	if err != nil {
		return err
	}
	core.Waits = booking.Waits{Offer: c.Offer, Km: c.Km}
	r, err := core.CallOff(ctx, c.ID, c.Reason, func(r booking.CallOffReport) {
		fmt.Fprintf(w.Out, "%d of %d people seen to\n", r.People(), r.People()+r.Left)
	})
	if errors.Is(err, booking.ErrNoSession) {
		return fmt.Errorf("session %d: %w", c.ID, booking.ErrNoSession)
	}
	if err != nil {
		return fmt.Errorf("the session is closed, but not everybody was seen to; run the same command again: %w", err)
	}
	centre, _ := core.Places.Centre(r.Session.Centre)
	report(w.Out, r, centre)
	return nil
}

// report prints the account of a session called off.
func report(w io.Writer, r booking.CallOffReport, centre booking.Centre) {
	fmt.Fprintf(w, "Session %d, %s, %s, %s dose %d, was called off: %s\n", r.Session.ID, centre.Name, r.Session.Day, r.Session.Vaccine, r.Session.Dose, r.Reason)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, l := range []struct {
		what string
		n    int
	}{
		{"people who had a place", r.People() + r.Left},
		{"  offered another place", r.Offered},
		{"    took it", r.Confirmed},
		{"    said no, or nothing in time", r.Released},
		{"    have yet to answer", r.Offered - r.Confirmed - r.Released},
		{"  no place free: on the waiting list", r.Waiting},
		{"  forgotten", r.Left},
		{"told", r.Told},
		{"message still to be sent", r.Queued},
		{"not reachable", len(r.Unreached)},
	} {
		fmt.Fprintf(t, "%s\t%d\n", l.what, l.n)
	}
	t.Flush() //nolint:errcheck // it writes to a terminal
	for _, u := range r.Unreached {
		fmt.Fprintf(w, "  call the number ending in %s, reference %s: %s\n", u.Household.Tail(), u.Reference, u.Reason)
	}
}
