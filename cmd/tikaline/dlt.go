package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"strings"

	"tikaline/locales"
	"tikaline/notices"
	"tikaline/sms"
)

// dltCommand is what an operator does with India's registry of texts.
type dltCommand struct {
	Templates dltTemplates `cmd:"" help:"Print every text as CSV in the form to register, with room for the ids."`
	Check     dltCheck     `cmd:"" help:"Say what such a file lacks, and where it differs from the words of this release."`
}

type dltTemplates struct {
	textTo
	Lang string `help:"One language alone, such as hi. Empty: all."`
}

type dltCheck struct {
	textTo
	File string `arg:"" type:"existingfile" help:"The file, with ids filled in."`
}

// Run prints.
func (c *dltTemplates) Run(w world) error {
	langs := locales.Languages
	if c.Lang != "" {
		if !locales.Valid(c.Lang) {
			return fmt.Errorf("language %q is none of %s", c.Lang, strings.Join(locales.Languages, ", "))
		}
		langs = []string{c.Lang}
	}
	if err := c.textTo.check(); err != nil {
		return err
	}
	rows, err := notices.Rows(langs, c.TextTo)
	if err != nil {
		return err
	}
	return csv.NewWriter(w.Out).WriteAll(rows)
}

// Run checks. A text of another release does no harm, so it is no error.
func (c *dltCheck) Run(w world) error {
	if err := c.textTo.check(); err != nil {
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

// registry is what our texts are registered as; nil where they need not be.
//
// Outside the demo every number we write to is Indian, so whoever carries texts
// from within India hands them to networks that drop what is not registered:
// without a whole file nothing is served, as people would be booked and never
// told. Twilio alone may go without. It sends from abroad, where no ids are
// asked for, or under ids that it was given when the sender was registered: its
// API has no field for them. What is dropped there its reports tell.
func (c *serveCommand) registry() (*sms.Registry, error) {
	if c.Demo {
		return nil, nil
	}
	if c.DLTFile == "" {
		indian := map[string]bool{"kannel": c.KannelURL != "", "exotel": c.ExotelAccount != "", "generic": c.TextGenericFile != ""}
		for _, name := range c.Order {
			if indian[name] {
				return nil, fmt.Errorf("texts by %s go to networks in India, which drop what is not registered (DLT): fill in the ids that  tikaline dlt templates  leaves room for, and set TIKALINE_DLT_FILE and TIKALINE_DLT_ENTITY", name)
			}
		}
		return nil, nil
	}
	if strings.Trim(c.DLTEntity, "0123456789") != "" || c.DLTEntity == "" {
		return nil, errors.New("TIKALINE_DLT_ENTITY is missing or is not digits alone: the principal entity id that the templates are registered under")
	}
	r, err := notices.ReadRegistry(c.DLTFile, c.DLTEntity, c.TextTo)
	if err != nil {
		return nil, fmt.Errorf("TIKALINE_DLT_FILE: %w", err)
	}
	f := r.Check(c.answersTexts())
	var wrong []string
	for _, line := range f.Missing {
		wrong = append(wrong, "no template id for "+line)
	}
	for _, line := range f.Differ {
		wrong = append(wrong, "registered in other words than ours: "+line)
	}
	if len(wrong) > 0 {
		return nil, fmt.Errorf("TIKALINE_DLT_FILE %s:\n      %s", c.DLTFile, strings.Join(wrong, "\n      "))
	}
	return r, nil
}

// answersTexts tells whether anybody can write to us.
func (c *serveCommand) answersTexts() bool {
	return c.Kannel != "" || c.Exotel != "" || c.TwilioAccount != "" || c.TextGeneric != ""
}
