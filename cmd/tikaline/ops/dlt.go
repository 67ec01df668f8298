package ops

import (
	"encoding/csv"
	"fmt"
	"strings"

	"tikaline/locales"
	"tikaline/notices"
)

// TextNumber is the number that citizens text: a header that texts come from,
// such as VAXIND, cannot be answered.
type TextNumber struct {
	TextTo string `env:"TIKALINE_SMS_TO" help:"The number that citizens text, as notices tell it, such as 56161. Empty: they do not tell it, for senders that can be answered."`
}

// Check refuses what is no number.
func (t TextNumber) Check() error {
	if t.TextTo != "" && (len(t.TextTo) < 3 || len(t.TextTo) > 10 || strings.Trim(t.TextTo, "0123456789") != "") {
		return fmt.Errorf("TIKALINE_SMS_TO %q is not 3 to 10 digits, such as 56161 or 9811000001", t.TextTo)
	}
	return nil
}

// dltCommand is what an operator does with India's registry of texts.
type dltCommand struct {
	Templates dltTemplates `cmd:"" help:"Print every text as CSV in the form to register, with room for the ids."`
	Check     dltCheck     `cmd:"" help:"Say what such a file lacks, and where it differs from the words of this release."`
}

type dltTemplates struct {
	TextNumber
	Lang string `help:"One language alone, such as hi. Empty: all."`
}

type dltCheck struct {
	TextNumber
	File string `arg:"" type:"existingfile" help:"The file, with ids filled in."`
}

// Run prints.
func (c *dltTemplates) Run(w World) error {
	langs := locales.Languages
	if c.Lang != "" {
		if !locales.Valid(c.Lang) {
			return fmt.Errorf("language %q is none of %s", c.Lang, strings.Join(locales.Languages, ", "))
		}
		langs = []string{c.Lang}
	}
	if err := c.TextNumber.Check(); err != nil {
		return err
	}
	rows, err := notices.Rows(langs, c.TextTo)
	if err != nil {
		return err
	}
	return csv.NewWriter(w.Out).WriteAll(rows)
}

// Run checks. A text of another release does no harm, so it is no error.
func (c *dltCheck) Run(w World) error {
	if err := c.TextNumber.Check(); err != nil {
		return err
	}
	r, err := notices.ReadRegistry(c.File, "", c.TextTo)
	if err != nil {
		return err
	}
	f := r.Check(true)
	for _, part := range []struct {
		what  string
		lines []string
	}{
		{"Without a template id:", f.Missing},
		{"Registered in other words than this release sends:", f.Differ},
		{"No text of this release:", f.Unknown},
		{"Over the rules (see the column over of dlt templates); be sure that they were accepted:", f.Over},
	} {
		if len(part.lines) > 0 {
			fmt.Fprintf(w.Out, "%s\n  %s\n", part.what, strings.Join(part.lines, "\n  "))
		}
	}
	if len(f.Missing)+len(f.Differ) > 0 {
		return fmt.Errorf("%s is not complete: %d texts without id, %d in other words", c.File, len(f.Missing), len(f.Differ))
	}
	fmt.Fprintln(w.Out, "Every text has its id.")
	return nil
}
