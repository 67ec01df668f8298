package ops

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"tikaline/booking"
	"tikaline/calls"
)

// namesCommand is for writing down names that were spoken.
type namesCommand struct {
	List  recordingsList  `cmd:"" help:"People whose names are to be written down, the longest waiting first."`
	Play  recordingsPlay  `cmd:"" help:"Put the recording of a name into a file, to be heard."`
	Write recordingsWrite `cmd:"" help:"Write a name down; its recording is deleted."`
}

type recordingsList struct {
	Database
	Limit int `default:"50" help:"Show at most so many."`
}

type recordingsPlay struct {
	Database
	Reference string `arg:"" help:"Reference id of the person."`
	File      string `arg:"" help:"File to make; it must not exist."`
}

type recordingsWrite struct {
	Database
	By        string `required:"" help:"Who heard it."`
	Reference string `arg:"" help:"Reference id of the person."`
	Name      string `arg:"" help:"The name."`
}

// Run prints who waits. A reference id is how such a person is spoken of.
func (c *recordingsList) Run(ctx context.Context, w World) error {
	return c.with(ctx, w, func(db *DB) error {
		all, err := db.Store.Calls.Unwritten(ctx, c.Limit)
		if err != nil {
			return err
		}
		return columns(w.Out, "REFERENCE\tNUMBER\tBORN\tGENDER\tLANGUAGE\tSINCE\tRECORDING\n", func(t io.Writer) {
			for _, u := range all {
				fmt.Fprintf(t, "%s\t%s\t%d\t%s\t%s\t%s\t%s\n", u.Reference, numberTail(u.Household), u.BirthYear, u.Gender, u.Language,
					u.SpokenAt.In(booking.India).Format("2006-01-02 15:04"), u.State)
			}
		})
	})
}

// Run writes a recording into a file that only its owner may read.
func (c *recordingsPlay) Run(ctx context.Context, w World) error {
	return c.with(ctx, w, func(db *DB) error {
		h, err := db.Store.Bookings.ByReference(ctx, c.Reference)
		if err != nil {
			return err
		}
		person, _ := h.Person(c.Reference)
		r, found, err := db.Store.Calls.Recording(ctx, person.Recording)
		switch {
		case err != nil:
			return err
		case !found || r.Number != h.Number || r.State == calls.RecordingGone || r.State == calls.RecordingWritten:
			return fmt.Errorf("there is no recording of %s: the person has to be asked", c.Reference)
		case len(r.Audio) == 0:
			return errors.New("the recording is not fetched yet: try again in some minutes")
		}
		f, err := os.OpenFile(c.File, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		_, err = f.Write(r.Audio)
		if err = errors.Join(err, f.Close()); err != nil {
			return err
		}
		fmt.Fprintf(w.Out, "%s: %d bytes. Delete it when you have heard it.\n", c.File, len(r.Audio))
		return nil
	})
}

// Run writes a name down.
func (c *recordingsWrite) Run(ctx context.Context, w World) error {
	return c.with(ctx, w, func(db *DB) error {
		service := &calls.Service{Store: db.Store.Calls, Now: w.Now}
		b, err := service.WriteDown(ctx, c.Reference, c.Name, c.By)
		if err != nil {
			return err
		}
		fmt.Fprintf(w.Out, "%s is written down as %s.\n", b.Reference, b.Name)
		return nil
	})
}
