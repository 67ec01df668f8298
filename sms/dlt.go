package sms

// India's registry of texts (DLT). Networks drop a text that is not, byte for
// byte, a registered template with values put in, and report it as failed days
// into a drive if nobody looks. So an operator registers what
// "tikaline dlt templates" prints, gives the ids back in a file, and production
// refuses to start while one is missing or was registered in other words.
//
// What is known of the rules, as of November 2026: a direction of 18 November
// 2025 wants every variable tagged (#numeric#, #alphanumeric#, #url# …; at most
// 40 characters), no more than two, a third with reasons, none adjacent; the
// classic {#var#} takes 30 characters. All of it comes from vendors' pages, not
// from the direction itself, and operators differ: both forms are printed. That
// variables make up at most 40 % of a text, which one vendor says, is not held.
//
// Day and time are one variable, no two variables stand side by side, none is
// longer than 30 characters, and a text has two of them where a citizen misses
// nothing by it: which of their bookings was cancelled they know by name and day.
// Six notices have more, as they are what somebody has in their hand at the gate of
// a centre, and a second text costs as much again and comes without the first;
// reasons says why of each, in words to register it with. One who is told no
// knows it before the drive. An id in the file is taken as word that the text was
// accepted.
//
// What cannot be registered: an answer within a dialogue. It is put together of
// what was understood, a refusal, a question and its options, which are names of
// people and centres, so there is no template for it; one that is all variables
// is not allowed. Such answers go by the row ReplyRow of their language. There
// the operator puts the id of whatever they agreed with the network for
// conversations, or "none" if they agreed that those need no id: then they go
// with header and entity alone. Without such an agreement networks drop the
// answers, whatever is written there, and SMS is for notices only. Fixed answers
// (stopped, help …) are templates of their own; with a lead before them ("Read
// as …") they are not, and go by ReplyRow as well.

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"tikaline/locales"
	"tikaline/outbox"
)

// ReplyRow is the text id under which a file says how answers go that are no
// fixed text.
const ReplyRow = "reply"

// NoTemplate stands for a template id in a ReplyRow: agreed to go without.
const NoTemplate = "none"

// Categories is what a template may be registered as. We ask for
// service-implicit: who gets the text has asked for the service.
var Categories = []string{"service-implicit", "service-explicit", "transactional", "promotional", "government"}

// Columns is the head of the file: what an operator fills in, then what they
// copy, then what it is good to know. Reading, only the first five are
// needed, in any order.
var Columns = []string{"text", "lang", "header", "template", "category", "body", "classic", "variables", "longest", "segments", "over", "reason"}

// Row returns a Form as a line of the file that is still to be filled in.
func (f Form) Row() []string {
	return []string{
		f.ID, f.Lang, "", "", Categories[0], f.Tagged(), f.Classic(), fmt.Sprint(len(f.vars)),
		fmt.Sprint(len([]rune(f.longest))), fmt.Sprint(f.Segments()), strings.Join(f.Over(), "; "), f.Reason(),
	}
}

// A Registry is what the texts of this release are registered as. It never
// changes once it is read.
type Registry struct {
	entity string
	forms  map[textKey]Form
	order  []Form
	rows   map[textKey]registration
}

type textKey struct{ id, lang string }

type registration struct {
	outbox.Template
	bodies []string // as registered, if the file says so
}

var (
	headerRule   = regexp.MustCompile(`^[A-Za-z0-9]{3,11}$`)
	templateRule = regexp.MustCompile(`^[0-9]{10,25}$`)
)

// ReadRegistry reads an operator's file: CSV with a header line. forms are the
// texts of this release, and entity is who registered them. A line without
// template id is one still to be filled in. The error names every bad line.
func ReadRegistry(r io.Reader, entity string, forms []Form) (*Registry, error) {
	reg := &Registry{entity: entity, forms: map[textKey]Form{}, order: forms, rows: map[textKey]registration{}}
	for _, f := range forms {
		reg.forms[textKey{f.ID, f.Lang}] = f
	}
	in := csv.NewReader(r)
	in.FieldsPerRecord = -1 // spreadsheets leave empty cells out
	head, err := in.Read()
	if err != nil {
		return nil, fmt.Errorf("header line: %w", err)
	}
	at := map[string]int{}
	for i, name := range head {
		at[strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\uFEFF")))] = i
	}
	for _, name := range Columns[:5] {
		if _, ok := at[name]; !ok {
			return nil, fmt.Errorf("there is no column %q", name)
		}
	}
	var wrong []error
	used := map[string]textKey{}
	for {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			return reg, errors.Join(wrong...)
		}
		if err != nil {
			return nil, err
		}
		cell := func(name string) string {
			if i, ok := at[name]; ok && i < len(record) {
				return record[i]
			}
			return ""
		}
		if err := reg.add(cell, used); err != nil {
			line, _ := in.FieldPos(0)
			wrong = append(wrong, fmt.Errorf("line %d: %w", line, err))
		}
	}
}

// add takes a line in.
func (r *Registry) add(cell func(string) string, used map[string]textKey) error {
	get := func(name string) string { return strings.TrimSpace(cell(name)) }
	k := textKey{get("text"), get("lang")}
	row := registration{Template: outbox.Template{Header: get("header"), Entity: r.entity, ID: get("template"), Category: get("category")}}
	if row.ID == "" {
		return nil
	}
	_, twice := r.rows[k]
	switch {
	case !locales.Valid(k.lang):
		return fmt.Errorf("language %q is none of %s", k.lang, strings.Join(locales.Languages, ", "))
	case twice:
		return fmt.Errorf("%s in %s is there twice", k.id, k.lang)
	case !headerRule.MatchString(row.Header):
		return fmt.Errorf("header %q is not 3 to 11 letters or digits, such as VAXIND", row.Header)
	case !slices.Contains(Categories, row.Category):
		return fmt.Errorf("category %q is none of %s", row.Category, strings.Join(Categories, ", "))
	case k.id == ReplyRow && row.ID == NoTemplate:
		row.ID = ""
	case !templateRule.MatchString(row.ID):
		return fmt.Errorf("template id %q is not digits alone: a spreadsheet spoils long numbers, format the column as text", row.ID)
	}
	// Rounded by a spreadsheet, many ids become one.
	if other, ok := used[row.ID]; ok && row.ID != "" && r.forms[k].Tagged() != r.forms[other].Tagged() {
		return fmt.Errorf("template id %s is that of %s in %s already", row.ID, other.id, other.lang)
	}
	used[row.ID] = k
	for _, column := range []string{"body", "classic"} {
		// The very bytes: spaces at the ends are part of what was registered.
		if b := cell(column); b != "" {
			row.bodies = append(row.bodies, b)
		}
	}
	r.rows[k] = row
	return nil
}

// Template returns what a text is registered as in a language.
func (r *Registry) Template(id, lang string) (outbox.Template, bool) {
	row, ok := r.rows[textKey{id, lang}]
	return row.Template, ok
}

// For returns what final words are sent as: the template of the text they are, or
// for an answer that is no fixed text the ReplyRow. False is for words that no
// network would take.
func (r *Registry) For(id, lang, words string) (outbox.Template, bool) {
	if f, ok := r.forms[textKey{id, lang}]; ok && f.Holds(words) {
		return r.Template(id, lang)
	}
	if strings.HasPrefix(id, "notice.") {
		return outbox.Template{}, false
	}
	return r.Template(ReplyRow, lang)
}

// Faults is what is wrong with a file against this release: a line for each
// text, with its languages.
type Faults struct {
	Missing []string // has no id
	Differ  []string // registered in other words than ours
	Unknown []string // no text of ours: of another release, or a slip
	Over    []string // has an id, though over the rules: to be sure of
}

// Check compares the file with the texts of this release. replies reports whether
// texts are answered at all; if not, only notices are looked for.
func (r *Registry) Check(replies bool) Faults {
	var missing, differ, unknown, over grouped
	wanted := func(id string) bool { return replies || strings.HasPrefix(id, "notice.") }
	for _, f := range r.order {
		row, ok := r.rows[textKey{f.ID, f.Lang}]
		switch {
		case !ok && wanted(f.ID):
			missing.add(f.ID, f.Lang)
		case ok && slices.ContainsFunc(row.bodies, f.differs):
			differ.add(f.ID, f.Lang)
		}
		if ok && len(f.Over()) > 0 {
			over.add(f.ID, f.Lang)
		}
	}
	for _, lang := range locales.Languages {
		if _, ok := r.rows[textKey{ReplyRow, lang}]; !ok && replies {
			missing.add(ReplyRow, lang)
		}
	}
	for _, k := range slices.SortedFunc(maps.Keys(r.rows), func(a, b textKey) int {
		return strings.Compare(a.id+"\x00"+a.lang, b.id+"\x00"+b.lang)
	}) {
		if _, ok := r.forms[k]; !ok && k.id != ReplyRow {
			unknown.add(k.id, k.lang)
		}
	}
	return Faults{missing.lines(), differ.lines(), unknown.lines(), over.lines()}
}

// differs compares a registered body with ours. #number# and #numeric# are two
// names of one tag.
func (f Form) differs(body string) bool {
	body = strings.ReplaceAll(body, "#number#", "#numeric#")
	return body != f.Tagged() && body != f.Classic()
}

// A grouped list has the languages of each text on one line.
type grouped struct {
	ids   []string
	langs map[string][]string
}

func (g *grouped) add(id, lang string) {
	if g.langs == nil {
		g.langs = map[string][]string{}
	}
	if g.langs[id] == nil {
		g.ids = append(g.ids, id)
	}
	g.langs[id] = append(g.langs[id], lang)
}

func (g *grouped) lines() []string {
	var all []string
	for _, id := range g.ids {
		all = append(all, id+": "+strings.Join(g.langs[id], ", "))
	}
	return all
}
