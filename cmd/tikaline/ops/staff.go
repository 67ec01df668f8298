package ops

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"text/tabwriter"

	"tikaline/booking"
	"tikaline/postgres"
	"tikaline/web/spot"
)

// staffCommand is what an operator does with the staff of centres.
type staffCommand struct {
	Add      staffAdd      `cmd:"" help:"Give somebody at a centre a login, and print the password."`
	Password staffPassword `cmd:"" help:"Make a new password for a login, and print it."`
	Disable  staffDisable  `cmd:"" help:"Let a login in no more."`
	List     staffList     `cmd:"" help:"List logins."`
}

// logins are what can be read out over a bad line.
var logins = regexp.MustCompile(`^[a-z][a-z0-9.-]{2,29}$`)

type staffAdd struct {
	Database

	Login  string `arg:"" help:"3 to 30 small letters, digits, dots and hyphens."`
	Name   string `required:"" help:"Who it is."`
	Centre string `required:"" help:"Code of the centre."`
}

// Run adds.
func (c *staffAdd) Run(ctx context.Context, w World) error {
	if !logins.MatchString(c.Login) {
		return fmt.Errorf("%q is no login: 3 to 30 small letters, digits, dots and hyphens, a letter first", c.Login)
	}
	return c.with(ctx, w, func(db *DB) error { return c.add(ctx, w, db) })
}

func (c *staffAdd) add(ctx context.Context, w World, db *DB) error {
	d, err := db.Store.Places.LoadDirectory(ctx)
	if err != nil {
		return err
	}
	centre, ok := centreOf(d, c.Centre)
	if !ok {
		return fmt.Errorf("no centre has the code %q", c.Centre)
	}
	if _, there, err := db.Store.Staff.Staff(ctx, c.Login); err != nil || there {
		return cmp.Or(err, fmt.Errorf("%s is there already: tikaline staff password %[1]s makes a new password", c.Login))
	}
	m := booking.StaffMember{Login: c.Login, Name: c.Name, Centre: centre.ID, At: w.Now()}
	return newPassword(ctx, db.Store, w, m)
}

// newPassword makes one, keeps its hash and shows it this once.
func newPassword(ctx context.Context, store *postgres.Store, w World, m booking.StaffMember) error {
	password, err := spot.NewPassword()
	if err != nil {
		return err
	}
	if m.Password, err = spot.HashPassword(password); err != nil {
		return err
	}
	if err := store.Staff.PutStaff(ctx, m); err != nil {
		return err
	}
	_, err = fmt.Fprintf(w.Out, "login     %s\npassword  %s\nIt is shown this once. They sign in at /centre/.\n", m.Login, password)
	return err
}

type staffPassword struct {
	Database

	Login string `arg:"" help:"Whose."`
}

// Run makes a new password.
func (c *staffPassword) Run(ctx context.Context, w World) error {
	return c.change(ctx, w, c.Login, func(db *DB, m booking.StaffMember) error {
		m.Disabled = false
		return newPassword(ctx, db.Store, w, m)
	})
}

type staffDisable struct {
	Database

	Login string `arg:"" help:"Whose."`
}

// Run disables.
func (c *staffDisable) Run(ctx context.Context, w World) error {
	return c.change(ctx, w, c.Login, func(db *DB, m booking.StaffMember) error {
		m.Disabled = true
		return db.Store.Staff.PutStaff(ctx, m)
	})
}

var errNoLogin = errors.New("there is no such login: tikaline staff list")

func (d Database) change(ctx context.Context, w World, login string, how func(*DB, booking.StaffMember) error) error {
	return d.with(ctx, w, func(db *DB) error {
		m, ok, err := db.Store.Staff.Staff(ctx, login)
		if err != nil || !ok {
			return cmp.Or(err, errNoLogin)
		}
		return how(db, m)
	})
}

type staffList struct{ Database }

// Run lists.
func (c *staffList) Run(ctx context.Context, w World) error {
	return c.with(ctx, w, func(db *DB) error { return c.list(ctx, w, db) })
}

func (c *staffList) list(ctx context.Context, w World, db *DB) error {
	list, err := db.Store.Staff.StaffList(ctx)
	if err != nil {
		return err
	}
	d, err := db.Store.Places.LoadDirectory(ctx)
	if err != nil {
		return err
	}
	codes := make(map[int64]string)
	for _, centre := range d.Centres {
		codes[centre.ID] = centre.Code
	}
	t := tabwriter.NewWriter(w.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "login\tcentre\tname\t\t")
	for _, m := range list {
		off := ""
		if m.Disabled {
			off = "disabled"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t\n", m.Login, codes[m.Centre], m.Name, off)
	}
	return t.Flush()
}
