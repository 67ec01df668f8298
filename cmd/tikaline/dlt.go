package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"maps"
	"os"
	"strings"
	"unicode/utf8"

	"tikaline/booking"
	"tikaline/dialog/walk"
	"tikaline/locales"
	"tikaline/outbox"
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
	all, err := forms(langs, c.TextTo)
	if err != nil {
		return err
	}
	out := csv.NewWriter(w.Out)
	out.Write(sms.Columns) //nolint:errcheck // Flush tells, and so for the next
	for _, f := range all {
		out.Write(f.Row()) //nolint:errcheck
	}
	for _, lang := range langs {
		row := make([]string, len(sms.Columns))
		row[0], row[1], row[4] = sms.ReplyRow, lang, sms.Categories[0]
		row[len(row)-1] = "answers within a dialogue are no fixed text: the id agreed for conversations, or " + sms.NoTemplate
		out.Write(row) //nolint:errcheck
	}
	out.Flush()
	return out.Error()
}

// Run checks. A text of another release does no harm, so it is no error.
func (c *dltCheck) Run(w world) error {
	if err := c.textTo.check(); err != nil {
		return err
	}
	r, err := readRegistry(c.File, "", c.TextTo)
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

// forms is every text that the registry must know, with the longest likely
// values: names in the letters of the text, as most people's are. The number that
// citizens text is none of the values: it never changes, so it is registered as
// it stands.
func forms(langs []string, to string) ([]sms.Form, error) {
	words, err := locales.Default()
	if err != nil {
		return nil, fmt.Errorf("read words: %w", err)
	}
	places := new(booking.Places)
	places.Replace(walk.Directory())
	var all []sms.Form
	for _, lang := range langs {
		for _, n := range walk.Notices() {
			id := "notice." + string(n.Kind)
			if n.Data.Name != "" {
				n.Data.Name = longestName(lang)
			}
			values := noticeValues(n.Data, places)
			values["To"] = to
			if _, err := fitted(words, lang, n.Kind, values); err != nil {
				return nil, err
			}
			delete(values, "To")
			f, err := sms.NewForm(id, lang, values, func(values map[string]any) (string, error) {
				values = maps.Clone(values)
				values["To"] = to
				return words.Text(lang, "sms", id, values)
			})
			if err != nil {
				return nil, err
			}
			all = append(all, f)
		}
		replies, err := sms.ReplyForms(words, lang)
		if err != nil {
			return nil, err
		}
		all = append(all, replies...)
	}
	return all, nil
}

func longestName(lang string) string {
	script := walk.Script("en")
	if locales.Script(lang) != "Latn" {
		script = walk.Script(lang)
	}
	longest := ""
	for i := range 4 {
		if name := walk.Name(script, i); utf8.RuneCountInString(name) > utf8.RuneCountInString(longest) {
			longest = name
		}
	}
	return longest
}

func readRegistry(file, entity, to string) (*sms.Registry, error) {
	all, err := forms(locales.Languages, to)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r, err := sms.ReadRegistry(f, entity, all)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return r, nil
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
	r, err := readRegistry(c.DLTFile, c.DLTEntity, c.TextTo)
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

// registered puts its template to what word words. What is not registered is
// given up with that as its reason: the network would drop it and say less.
func registered(r *sms.Registry, word func(context.Context, booking.Notice) (outbox.Message, error)) func(context.Context, booking.Notice) (outbox.Message, error) {
	if r == nil {
		return word
	}
	return func(ctx context.Context, n booking.Notice) (outbox.Message, error) {
		m, err := word(ctx, n)
		if err != nil || n.Medium == "call" { // the registry is of texts
			return m, err
		}
		id := "notice." + string(n.Kind)
		if n.Kind == booking.NoticeReply {
			id = n.Data.Says
		}
		var ok bool
		if m.Template, ok = r.For(id, m.Lang, m.Text); !ok {
			return outbox.Message{}, &outbox.Failure{Policy: outbox.GiveUp, Code: "no DLT template"}
		}
		return m, nil
	}
}
