package ops

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"tikaline/dialog"
	"tikaline/dialog/walk"
	"tikaline/ivr"
	"tikaline/ivr/audio"
	"tikaline/locales"
)

// audioCommand is what an operator does with own recordings of what is said on
// the telephone.
type audioCommand struct {
	List    audioList    `cmd:"" help:"Print what there is to read aloud: language, message, how long, the words. What is said most comes first."`
	Check   audioCheck   `cmd:"" help:"Say which recordings are missing, out of date, in a wrong format, or of nothing."`
	Accept  audioAccept  `cmd:"" help:"Note, beside each recording that lacks it, that it says what the words say now."`
	Prompts audioPrompts `cmd:"" help:"Say every prompt with espeak-ng, for listening to the words."`
}

type recordings struct {
	Dir string `name:"audio-dir" env:"TIKALINE_AUDIO_DIR" type:"existingdir" required:"" help:"Directory of own recordings: hi/home.pick.wav and so on."`
}

type audioList struct {
	Lang string `help:"One language alone: hi, bn or en. Empty: all."`
}

type audioCheck struct{ recordings }

type audioAccept struct {
	recordings
	Anew []string `arg:"" optional:"" help:"Recordings to note anew, such as hi/home.pick: they were made again."`
}

// Run prints.
func (c *audioList) Run(ctx context.Context, w World) error {
	words, err := locales.Default()
	if err != nil {
		return fmt.Errorf("read words: %w", err)
	}
	if c.Lang != "" && !slices.Contains(ivr.Languages, c.Lang) {
		return fmt.Errorf("language %q is none of %s", c.Lang, strings.Join(ivr.Languages, ", "))
	}
	lines, err := readAloud(ctx, words)
	if err != nil {
		return err
	}
	out := csv.NewWriter(w.Out)
	out.Write([]string{"language", "message", "seconds", "words"}) //nolint:errcheck // Flush tells, and so for the next
	for _, l := range lines {
		if c.Lang == "" || c.Lang == l.Lang {
			took := fmt.Sprintf("%.1f", locales.Spoken(l.Lang, l.Text).Seconds())
			out.Write([]string{l.Lang, l.ID, took, l.Text}) //nolint:errcheck
		}
	}
	out.Flush()
	return out.Error()
}

// Run fails if a recording is there that cannot be played. Those that are
// missing are read out by a voice.
func (c *audioCheck) Run(ctx context.Context, w World) error {
	words, err := locales.Default()
	if err != nil {
		return fmt.Errorf("read words: %w", err)
	}
	library, found, err := audio.Open(os.DirFS(c.Dir), script(words))
	if err != nil {
		return err
	}
	wanted, err := readAloud(ctx, words)
	if err != nil {
		return err
	}
	missing := library.Missing(wanted, found)
	for _, f := range append(found, missing...) {
		if _, err := fmt.Fprintln(w.Out, f); err != nil {
			return err
		}
	}
	fmt.Fprintf(w.Err, "%d recordings will be played, %d of %d are missing, %d cannot be played\n",
		library.Len(), len(missing), len(wanted), len(found))
	if len(found) > 0 {
		return errors.New("some recordings cannot be played")
	}
	return nil
}

// Run notes what is said on each recording.
func (c *audioAccept) Run(w World) error {
	words, err := locales.Default()
	if err != nil {
		return fmt.Errorf("read words: %w", err)
	}
	_, found, err := audio.Open(os.DirFS(c.Dir), script(words))
	if err != nil {
		return err
	}
	left := slices.Clone(c.Anew)
	for _, f := range found {
		name := f.Lang + "/" + f.ID
		again := slices.Contains(c.Anew, name) && f.Fault == audio.Stale
		if f.Fault != audio.Untold && !again {
			continue
		}
		left = slices.DeleteFunc(left, func(s string) bool { return s == name })
		text, _ := ivr.Script(words, f.Lang, f.ID)
		if err := os.WriteFile(filepath.Join(c.Dir, audio.Told(f.Lang, f.ID)), []byte(text+"\n"), 0o644); err != nil {
			return err
		}
		fmt.Fprintf(w.Out, "%s\t%s\t%s\n", f.Lang, f.ID, text)
	}
	if len(left) > 0 {
		return fmt.Errorf("nothing to note of %s", strings.Join(left, ", "))
	}
	return nil
}

// script is what each message says now.
func script(words *locales.Catalogue) audio.Words {
	return func(lang, id string) (string, bool) { return ivr.Script(words, lang, id) }
}

// asked is a Voice that has nothing and remembers what it was asked for.
type asked map[audio.Line]int

// URL is none.
func (a asked) URL(lang, id string) (string, bool) {
	a[audio.Line{Lang: lang, ID: id}]++
	return "", false
}

// readAloud is everything that can be recorded, what is said most first.
func readAloud(ctx context.Context, words *locales.Catalogue) ([]audio.Line, error) {
	count := asked{}
	known := map[string]asked{} // by what is said and offered
	err := walk.Every(ctx, dialog.New(uuid.New), func(at walk.At, p dialog.Prompt) error {
		like := ids(p)
		a, ok := known[like]
		for _, lang := range ivr.Languages {
			if ok {
				break
			}
			if a == nil {
				a = asked{}
			}
			if _, err := ivr.Hear(words, a, lang, p); err != nil {
				return fmt.Errorf("%s in %s: %w", at, lang, err)
			}
			a.anywhere(lang, p)
		}
		known[like] = a
		for l := range a {
			count[l]++
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, lang := range ivr.Languages { // what is said beside the dialogues
		for _, id := range words.IDs(lang) {
			bare, spoken := strings.CutPrefix(id, "ivr.")
			group, _, _ := strings.Cut(bare, ".")
			if spoken && slices.Contains([]string{"call", "problem"}, group) && len(words.Placeholders(lang, id)) == 0 {
				count[audio.Line{Lang: lang, ID: bare}]++
			}
		}
	}
	var lines []audio.Line
	for l, n := range count {
		if text, ok := ivr.Script(words, l.Lang, l.ID); ok { // else it has values
			lines = append(lines, audio.Line{Lang: l.Lang, ID: l.ID, Text: text, Said: n})
		}
	}
	audio.Sort(lines)
	return lines, nil
}

// ids is what a prompt says and offers, whatever the values.
func ids(p dialog.Prompt) string {
	all := []string{p.Note.ID, p.Say.ID}
	if x, ok := p.Expect.(dialog.Choice); ok {
		for _, o := range x.Options {
			all = append(all, o.Label.ID)
		}
	}
	return strings.Join(all, " ")
}

// anywhere counts a fixed choice under each key that it may have: where there
// are not always as many before it, or where a question with long values leaves
// less time for those before it.
func (a asked) anywhere(lang string, p dialog.Prompt) {
	x, ok := p.Expect.(dialog.Choice)
	if !ok {
		return
	}
	varies := false
	for i, o := range x.Options {
		most := 0
		switch {
		case len(o.Label.Data) > 0:
			varies = true
			continue
		case varies:
			most = ivr.MaxChoices
		case len(p.Say.Data) > 0 && len(x.Options) > 2:
			most = min(i+1, ivr.MaxChoices)
		}
		for key := 1; key <= most; key++ {
			a[audio.Line{Lang: lang, ID: fmt.Sprintf("%s.press.%d", o.Label.ID, key)}]++
		}
	}
}

// A spoken is a prompt or a text with how it is heard in each language.
type spoken struct {
	Where string
	Looks [][]ivr.Heard // as ivr.Languages
}

func (s spoken) took() time.Duration {
	var d time.Duration
	for _, look := range s.Looks {
		for _, h := range look {
			d += h.Took
		}
	}
	return d
}

// spokenPrompts is every question and last words once, as the longest they can
// be; variants has each for every kind of caller.
func spokenPrompts(ctx context.Context, words *locales.Catalogue, variants bool) ([]spoken, error) {
	var all []spoken
	at := map[string]int{}
	err := walk.Every(ctx, dialog.New(uuid.New), func(where walk.At, p dialog.Prompt) error {
		if p.Note.ID != "" || p.Hint.ID != "" {
			return nil // the refusals come by themselves
		}
		s := spoken{Where: where.Flow + " / " + where.Step + "   " + p.Say.ID}
		if variants {
			s.Where += "   (" + where.Variant + ")"
		}
		for _, lang := range ivr.Languages {
			pages, err := ivr.Hear(words, nil, lang, p)
			if err != nil {
				return fmt.Errorf("%s in %s: %w", where, lang, err)
			}
			s.Looks = append(s.Looks, pages)
		}
		if i, seen := at[s.Where]; seen {
			if s.took() > all[i].took() {
				all[i] = s
			}
			return nil
		}
		at[s.Where] = len(all)
		all = append(all, s)
		return nil
	})
	slices.SortStableFunc(all, func(a, b spoken) int { return order(a.Where, b.Where) })
	return all, err
}

// spokenTexts is the refusals, and what the telephone says by itself.
func spokenTexts(words *locales.Catalogue) ([]spoken, error) {
	var all []spoken
	add := func(where string, t dialog.Text) error {
		s := spoken{Where: where}
		for _, lang := range ivr.Languages {
			pages, err := ivr.Hear(words, nil, lang, dialog.Prompt{Say: t})
			if err != nil {
				return fmt.Errorf("%s in %s: %w", where, lang, err)
			}
			s.Looks = append(s.Looks, pages)
		}
		all = append(all, s)
		return nil
	}
	for _, p := range walk.Problems() {
		if err := add("problem / "+string(p.Code), dialog.Text{ID: "problem." + string(p.Code), Data: p.Args}); err != nil {
			return nil, err
		}
	}
	values := map[string]any{"Option": "…", "Key": "1", "Position": 3, "Reference": "4711002", "Code": "482105"}
	for _, id := range words.IDs(locales.English) {
		for _, group := range []string{"call", "sorry"} {
			if strings.HasPrefix(id, "ivr."+group+".") {
				if err := add("call / "+id, dialog.Text{ID: strings.TrimPrefix(id, "ivr."), Data: values}); err != nil {
					return nil, err
				}
			}
		}
	}
	return all, nil
}
