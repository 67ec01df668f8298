package ops

import (
	"context"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/dialog"
	"tikaline/dialog/walk"
	"tikaline/ivr"
	"tikaline/locales"
	"tikaline/notices"
	"tikaline/ussd"
)

// screensCommand prints every screen and text in every language on one page,
// so that somebody who speaks one from childhood can read them all.
type screensCommand struct {
	Variants bool `help:"Every place in the dialogues with every kind of caller; without it each text once."`
}

// A shown is one prompt or text with how it looks in each language.
type shown struct {
	Where string
	Looks []look
}

// A look is its pages in one language, with what each costs to send.
type look struct {
	Lang  string
	Pages []page
}

type page struct {
	Text string
	Cost string
}

// Run writes the page.
func (c *screensCommand) Run(ctx context.Context, w World) error {
	words, err := locales.Default()
	if err != nil {
		return fmt.Errorf("read words: %w", err)
	}
	screens, err := c.screens(ctx, words)
	if err != nil {
		return err
	}
	problems, err := c.problems(words)
	if err != nil {
		return err
	}
	messages, err := c.messages(words)
	if err != nil {
		return err
	}
	heard, err := c.heard(ctx, words)
	if err != nil {
		return err
	}
	written, err := c.written(words)
	if err != nil {
		return err
	}
	return page1.Execute(w.Out, map[string]any{
		"Parts": []map[string]any{
			{"Name": "USSD screens", "Rows": screens, "Languages": locales.Languages},
			{"Name": "Refusals", "Rows": problems, "Languages": locales.Languages},
			{"Name": "Messages", "Rows": messages, "Languages": locales.Languages},
			{"Name": "What is heard on the telephone", "Rows": heard, "Languages": ivr.Languages},
			{"Name": "What pages say", "Rows": written, "Languages": pageLanguages},
		},
	})
}

// pageLanguages are those of the pages.
var pageLanguages = []string{locales.English, locales.Hindi, locales.Bengali}

// written is all words of pages, with the names of what is put in.
func (c *screensCommand) written(words *locales.Catalogue) ([]shown, error) {
	var rows []shown
	for _, id := range words.IDs(locales.English) {
		if !strings.HasPrefix(id, "web.") {
			continue
		}
		values := map[string]any{}
		for _, name := range words.Placeholders(locales.English, id) {
			values[name] = "[" + name + "]"
		}
		if _, counts := values["Count"]; counts {
			values["Count"] = 2 // chooses the plural
		}
		row := shown{Where: strings.TrimPrefix(id, "web.")}
		for _, lang := range pageLanguages {
			text, err := words.Text(lang, "", id, values)
			if err != nil {
				return nil, fmt.Errorf("%s in %s: %w", id, lang, err)
			}
			row.Looks = append(row.Looks, look{Lang: lang, Pages: []page{{Text: text}}})
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// heard is every prompt for the ear, with the seconds that it takes.
func (c *screensCommand) heard(ctx context.Context, words *locales.Catalogue) ([]shown, error) {
	all, err := spokenPrompts(ctx, words, c.Variants)
	if err != nil {
		return nil, err
	}
	texts, err := spokenTexts(words)
	if err != nil {
		return nil, err
	}
	var rows []shown
	for _, s := range append(all, texts...) {
		row := shown{Where: s.Where}
		for i, pages := range s.Looks {
			l := look{Lang: ivr.Languages[i]}
			for _, h := range pages {
				l.Pages = append(l.Pages, page{h.Text(), fmt.Sprintf("%.1f s at %d words a minute", h.Took.Seconds(), locales.WordsAMinute[l.Lang])})
			}
			row.Looks = append(row.Looks, l)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// screens walks every dialogue. Callers in three scripts come to the same
// question: unless all variants are wanted, each is shown with the longest.
func (c *screensCommand) screens(ctx context.Context, words *locales.Catalogue) ([]shown, error) {
	var all []shown
	at := map[string]int{}
	err := walk.Every(ctx, dialog.New(uuid.New), func(where walk.At, p dialog.Prompt) error {
		if p.Note.ID != "" || p.Hint.ID != "" {
			return nil // the refusals come by themselves
		}
		s := shown{Where: where.Flow + " / " + where.Step + "   " + p.Say.ID}
		if c.Variants {
			s.Where += "   (" + where.Variant + ")"
		}
		for _, lang := range locales.Languages {
			pages, err := ussd.Pages(words, lang, ussd.DefaultBudget, p)
			if err != nil {
				return fmt.Errorf("%s in %s: %w", where, lang, err)
			}
			s.Looks = append(s.Looks, look{lang, costed(pages)})
		}
		if i, seen := at[s.Where]; seen {
			if pagesOf(s) > pagesOf(all[i]) {
				all[i] = s
			}
			return nil
		}
		at[s.Where] = len(all)
		all = append(all, s)
		return nil
	})
	slices.SortStableFunc(all, func(a, b shown) int { return order(a.Where, b.Where) })
	return all, err
}

func (c *screensCommand) problems(words *locales.Catalogue) ([]shown, error) {
	var all []shown
	for _, p := range walk.Problems() {
		s := shown{Where: "problem / " + string(p.Code)}
		for _, lang := range locales.Languages {
			text, err := words.Text(lang, "ussd", "problem."+string(p.Code), p.Args)
			if err != nil {
				return nil, fmt.Errorf("problem %s in %s: %w", p.Code, lang, err)
			}
			s.Looks = append(s.Looks, look{lang, costed([]string{text})})
		}
		all = append(all, s)
	}
	return all, nil
}

func (c *screensCommand) messages(words *locales.Catalogue) ([]shown, error) {
	places := new(booking.Places)
	places.Replace(walk.Directory())
	var all []shown
	for _, n := range walk.Notices() {
		s := shown{Where: "notice / " + string(n.Kind)}
		for _, lang := range locales.Languages {
			text, err := notices.Text(words, lang, n.Kind, notices.Values(n.Data, places))
			if err != nil {
				return nil, fmt.Errorf("notice %s in %s: %w", n.Kind, lang, err)
			}
			s.Looks = append(s.Looks, look{lang, costed([]string{text})})
		}
		all = append(all, s)
	}
	return all, nil
}

func costed(texts []string) []page {
	var all []page
	for _, t := range texts {
		units, gsm := locales.Cost(t)
		unit := "units"
		if gsm {
			unit = "septets"
		}
		all = append(all, page{t, fmt.Sprintf("%d %s", units, unit)})
	}
	return all
}

func pagesOf(s shown) int {
	n := 0
	for _, l := range s.Looks {
		n += len(l.Pages)
	}
	return n
}

// order sorts by dialogue, and within one leaves the order of the walk.
func order(a, b string) int {
	var fa, fb string
	fmt.Sscan(a, &fa)
	fmt.Sscan(b, &fb)
	switch {
	case fa < fb:
		return -1
	case fa > fb:
		return 1
	}
	return 0
}

// page1 is the whole page: no script, no font of ours, readable in print.
var page1 = template.Must(template.New("screens").Parse(`<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><title>Tikaline: every screen</title>
<style>
body { font: 15px/1.4 sans-serif; margin: 1.5em; color: #222 }
table { border-collapse: collapse; width: 100%; table-layout: fixed }
th, td { vertical-align: top; text-align: left; padding: .4em; border-bottom: 1px solid #ccc }
pre { font: inherit; white-space: pre-wrap; background: #eef3e6; border: 1px solid #9a9; border-radius: .4em; padding: .4em; margin: 0 0 .3em }
small { color: #666; display: block; margin-bottom: .5em }
h3 { margin: 1.2em 0 .2em; font-size: 1em }
</style>
<h1>Tikaline: every screen and text</h1>
<p>Longest likely names and places. Read each one aloud: would the person at the other end know what to do?</p>
{{range .Parts}}<h2>{{.Name}}</h2>
<table><tr>{{range .Languages}}<th>{{.}}</th>{{end}}</tr>
{{range .Rows}}<tr><td colspan="5"><h3>{{.Where}}</h3></td></tr>
<tr>{{range .Looks}}<td lang="{{.Lang}}">{{range .Pages}}<pre>{{.Text}}</pre><small>{{.Cost}}</small>{{end}}</td>{{end}}</tr>
{{end}}</table>
{{end}}</html>
`))
