package ops

import (
	"context"
	"fmt"
	"html/template"
	"os"
	"path/filepath"
	"strings"

	"tikaline/ivr"
	"tikaline/ivr/audio"
	"tikaline/locales"
)

// audioPrompts is a page to listen to before anybody records.
type audioPrompts struct {
	Out string `default:"out/prompts" help:"Directory to write the recordings and index.html into."`
}

// A heardRow is one prompt on the page: a cell for each language.
type heardRow struct {
	Where string
	Cells [][]heardPage
}

// A heardPage is one page of a prompt, with how long it was reckoned to take
// and how long it takes.
type heardPage struct {
	File, Lang, Text string
	Reckoned, Took   float64
	Choices          int
}

// Run says everything and writes it down.
func (c *audioPrompts) Run(ctx context.Context, w World) error {
	words, err := locales.Default()
	if err != nil {
		return fmt.Errorf("read words: %w", err)
	}
	all, err := spokenPrompts(ctx, words, false)
	if err != nil {
		return err
	}
	texts, err := spokenTexts(words)
	if err != nil {
		return err
	}
	all = append(all, texts...)
	if err := os.MkdirAll(c.Out, 0o755); err != nil {
		return err
	}
	scratch, err := os.MkdirTemp("", "tikaline-prompts-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	speaker, err := audio.NewSpeaker(scratch)
	if err != nil {
		return err
	}
	rows := make([]heardRow, len(all))
	for i, s := range all {
		fmt.Fprintf(w.Err, "\rprompt %d of %d ", i+1, len(all))
		rows[i].Where = s.Where
		for n, pages := range s.Looks {
			cell := make([]heardPage, len(pages))
			for at, h := range pages {
				if cell[at], err = c.speak(ctx, speaker, h, fileName(s.Where, at, ivr.Languages[n])); err != nil {
					return err
				}
				cell[at].Lang = ivr.Languages[n]
			}
			rows[i].Cells = append(rows[i].Cells, cell)
		}
	}
	fmt.Fprintln(w.Err)
	index := filepath.Join(c.Out, "index.html")
	f, err := os.Create(index)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := listen.Execute(f, map[string]any{"Languages": ivr.Languages, "Rows": rows, "Speed": audio.Speed}); err != nil {
		return err
	}
	_, err = fmt.Fprintln(w.Out, index)
	return err
}

// speak says one page, each part in its own language.
func (c *audioPrompts) speak(ctx context.Context, speaker *audio.Speaker, h ivr.Heard, name string) (heardPage, error) {
	var sounds []audio.Sound
	for _, v := range h.Verbs {
		switch v.Do {
		case ivr.Say:
			s, err := speaker.Say(ctx, v.Lang, v.Text)
			if err != nil {
				return heardPage{}, err
			}
			sounds = append(sounds, s)
		case ivr.Pause:
			sounds = append(sounds, audio.Silence(float64(v.Secs)))
		}
	}
	all := audio.Join(sounds...)
	page := heardPage{File: name, Text: h.Text(), Reckoned: h.Took.Seconds(), Took: all.Took().Seconds(), Choices: h.Choices}
	return page, os.WriteFile(filepath.Join(c.Out, name), all.WAV(), 0o644)
}

// fileName is the same each time: find-centre-find.centre-1.hi.wav.
func fileName(where string, at int, lang string) string {
	parts := strings.FieldsFunc(where, func(r rune) bool { return r == ' ' || r == '/' || r == '(' || r == ')' })
	return fmt.Sprintf("%s-%d.%s.wav", strings.Join(parts, "-"), at+1, lang)
}

var listen = template.Must(template.New("prompts").Parse(`<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><title>Tikaline: what is heard</title>
<style>
body { font: 15px/1.4 sans-serif; margin: 1.5em; color: #222 }
table { border-collapse: collapse; width: 100%; table-layout: fixed }
th, td { vertical-align: top; text-align: left; padding: .4em; border-bottom: 1px solid #ccc }
h3 { margin: 1.2em 0 .2em; font-size: 1em }
p { margin: 0 0 .2em }
audio { width: 100%; height: 2em }
small { color: #666; display: block; margin-bottom: .5em }
</style>
<h1>Tikaline: what is heard on the telephone</h1>
<p>Longest likely names and places, said by espeak-ng at {{.Speed}} words a minute: a robot, for checking the words. Close
your eyes: would you know what to press?</p>
<table><tr>{{range .Languages}}<th>{{.}}</th>{{end}}</tr>
{{range .Rows}}<tr><td colspan="3"><h3>{{.Where}}</h3></td></tr>
<tr>{{range .Cells}}<td>{{range .}}<p lang="{{.Lang}}">{{.Text}}</p><audio controls preload="none" src="{{.File}}"></audio>
<small>reckoned {{printf "%.1f" .Reckoned}} s, takes {{printf "%.1f" .Took}} s{{if .Choices}}; {{.Choices}} choices{{end}}</small>{{end}}</td>{{end}}</tr>
{{end}}</table></html>
`))
