package imports

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/schollz/progressbar/v3"

	"tikaline/booking"
)

// A Kind is the kind of data that a file holds.
type Kind string

// The kinds of files.
const (
	Pincodes Kind = "pincodes"
	Centres  Kind = "centres"
	Sessions Kind = "sessions"
)

// Kinds lists every Kind.
var Kinds = []Kind{Pincodes, Centres, Sessions}

// ErrRefused means that a file has lines that cannot be taken, and that none
// was taken because of them.
var ErrRefused = errors.New("nothing was imported: put the refused lines right, or take the good ones alone with --accept-good")

// A Job is one import.
type Job struct {
	Kind       Kind
	File       string // a path; "" for Pincodes fetches the pinned directory
	CacheDir   string // where the pinned directory is kept
	DryRun     bool   // read and report, store nothing
	AcceptGood bool   // store the good lines although others are refused

	// Against is what the file is checked with. Without Districts they are
	// those of Districts(); without Centres they are read from the sink.
	Against Against

	Out io.Writer // gets the progress and the report; nil gets nothing
}

// Run reads the job's file, reports on it and puts it into the sink.
func Run(ctx context.Context, sink Sink, j Job) (Report, error) {
	if j.Out == nil {
		j.Out = io.Discard
	}
	if j.Against.Districts == nil {
		j.Against.Districts = Districts()
	}
	var report Report
	var put func() error
	var err error
	switch j.Kind {
	case Pincodes:
		var list []booking.Pincode
		list, report, err = j.pincodes(ctx)
		put = func() error { return sink.PutPincodes(ctx, list) }
	case Centres:
		var list []booking.Centre
		list, report, err = read(j, ReadCentres)
		put = func() error { return sink.PutCentres(ctx, list) }
	case Sessions:
		if j.Against.Centres == nil {
			if j.Against.Centres, err = sink.CentreIDs(ctx); err != nil {
				return report, fmt.Errorf("import sessions: %w", err)
			}
		}
		var list []booking.Session
		list, report, err = read(j, ReadSessions)
		put = func() error { return sink.PutSessions(ctx, list) }
	default:
		return report, fmt.Errorf("there is no import of %q: imports are %v", j.Kind, Kinds)
	}
	if err != nil {
		return report, fmt.Errorf("import %s: %w", j.Kind, err)
	}
	if err := report.Write(j.Out); err != nil {
		return report, err
	}
	switch {
	case len(report.Refused) > 0 && !j.AcceptGood:
		return report, ErrRefused
	case report.Good == 0:
		return report, fmt.Errorf("import %s: there is nothing in it", j.Kind)
	case j.DryRun:
		fmt.Fprintln(j.Out, "a dry run: nothing was stored")
		return report, nil
	}
	// Everything that is imported is shown with its district's names.
	if err := sink.PutDistricts(ctx, j.Against.Districts); err != nil {
		return report, fmt.Errorf("import %s: %w", j.Kind, err)
	}
	if err := put(); err != nil {
		return report, fmt.Errorf("import %s: %w", j.Kind, err)
	}
	fmt.Fprintf(j.Out, "%d %s imported\n", report.Good, j.Kind)
	return report, nil
}

func (j Job) pincodes(ctx context.Context) ([]booking.Pincode, Report, error) {
	if j.File != "" {
		return read(j, ReadPincodes)
	}
	list, err := FetchPincodes(ctx, j.CacheDir, func(what string) { fmt.Fprintln(j.Out, what) })
	return list, Report{Read: len(list), Good: len(list)}, err
}

func read[T any](j Job, from func(io.Reader, Against) ([]T, Report, error)) ([]T, Report, error) {
	f, err := os.Open(j.File)
	if err != nil {
		return nil, Report{}, err
	}
	defer f.Close()
	var r io.Reader = f
	if info, err := f.Stat(); err == nil && terminal(j.Out) {
		bar := progressbar.NewOptions64(info.Size(),
			progressbar.OptionSetWriter(j.Out), progressbar.OptionSetDescription("reading "+string(j.Kind)),
			progressbar.OptionShowBytes(true), progressbar.OptionClearOnFinish())
		defer bar.Finish()
		r = io.TeeReader(f, bar)
	}
	return from(r, j.Against)
}

// terminal reports whether w is a terminal: a progress bar in a log file is
// noise.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
