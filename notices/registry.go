package notices

import (
	"context"
	"fmt"
	"maps"
	"os"
	"unicode/utf8"

	"tikaline/booking"
	"tikaline/dialog/walk"
	"tikaline/locales"
	"tikaline/outbox"
	"tikaline/sms"
)

// Forms returns every text that the registry must know, with the longest likely
// values: names in the letters of the text, as most people's are. The number that
// citizens text is none of the values: it never changes, so it is registered as
// it stands.
func Forms(langs []string, to string) ([]sms.Form, error) {
	words, err := locales.Default()
	if err != nil {
		return nil, fmt.Errorf("read words: %w", err)
	}
	places := new(booking.Places)
	places.Replace(walk.Directory())
	var all []sms.Form
	for _, lang := range langs {
		for _, n := range walk.Notices() {
			id := textID(n.Kind)
			if n.Data.Name != "" {
				n.Data.Name = longestName(lang)
			}
			values := Values(n.Data, places)
			values["To"] = to
			if _, err := Text(words, lang, n.Kind, values); err != nil {
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

// ReadRegistry reads a file of DLT template ids against the texts of this
// release. entity is who registered them; "" where nothing is sent by it. to is
// the number that citizens text.
func ReadRegistry(file, entity, to string) (*sms.Registry, error) {
	all, err := Forms(locales.Languages, to)
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

// Registered gives each message that word makes its template. What is not
// registered is given up with that as its reason: the network would drop it and
// say less. A nil registry leaves word as it is.
func Registered(r *sms.Registry, word func(context.Context, booking.Notice) (outbox.Message, error)) func(context.Context, booking.Notice) (outbox.Message, error) {
	if r == nil {
		return word
	}
	return func(ctx context.Context, n booking.Notice) (outbox.Message, error) {
		m, err := word(ctx, n)
		if err != nil || n.Medium == "call" { // the registry is of texts
			return m, err
		}
		id := textID(n.Kind)
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

// Rows returns the table that an operator fills in, its head first: a row for
// every text in the form to register, and one for the answers of each language.
func Rows(langs []string, to string) ([][]string, error) {
	all, err := Forms(langs, to)
	if err != nil {
		return nil, err
	}
	rows := [][]string{sms.Columns}
	for _, f := range all {
		rows = append(rows, f.Row())
	}
	for _, lang := range langs {
		row := make([]string, len(sms.Columns))
		row[0], row[1], row[4] = sms.ReplyRow, lang, sms.Categories[0]
		row[len(row)-1] = "answers within a dialogue are no fixed text: the id agreed for conversations, or " + sms.NoTemplate
		rows = append(rows, row)
	}
	return rows, nil
}
