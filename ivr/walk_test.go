package ivr

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"tikaline/dialog"
	"tikaline/dialog/walk"
	"tikaline/locales"
)

// A prompt is something that is said, in one language.
type prompt struct {
	at, lang, text string
	took, note     time.Duration
	choices        int
}

// prompts is every page of every prompt there is, in every language.
func prompts(t *testing.T) []prompt {
	words, err := locales.Default()
	if err != nil {
		t.Fatal(err)
	}
	var all []prompt
	err = walk.Every(t.Context(), dialog.New(uuid.New), func(at walk.At, p dialog.Prompt) error {
		for _, lang := range Languages {
			s := speaker{words: words, lang: lang, recording: func(id string) (string, bool) { return TwilioRecording(account, id), true }}
			for from, pages := 0, 0; pages == 0 || from > 0; pages++ {
				var pg page
				var err error
				if x, ok := p.Expect.(dialog.Choice); ok && at.Flow == "language" {
					pg, err = s.languages(x.Options)
				} else {
					pg, err = s.put(p, from, false)
				}
				switch {
				case err != nil:
					return err
				case len(pg.verbs) == 0:
					return fmt.Errorf("nothing is said in %s", lang)
				case len(pg.offered) > MaxChoices:
					return fmt.Errorf("%d choices in %s", len(pg.offered), lang)
				case pg.note > MaxSpeech || pg.asked > MaxSpeech || pg.took-pg.asked > MaxSpeech:
					return fmt.Errorf("%s in one go in %s: %s", max(pg.note, pg.asked, pg.took-pg.asked), lang, said(pg.verbs))
				case pg.took > MaxSpeech && (len(pg.offered) > 2 || !slices.ContainsFunc(pg.verbs, func(v Verb) bool { return v.Do == Pause })):
					return fmt.Errorf("%s without a pause in %s: %s", pg.took, lang, said(pg.verbs))
				case pages > 20:
					return fmt.Errorf("8 leads on for ever in %s", lang)
				}
				again, err := s.put(p, from, true)
				if err != nil {
					return err
				}
				if again.asked > MaxSpeech || again.took-again.asked > MaxSpeech || again.after > MaxSpeech {
					return fmt.Errorf("%s in one go in %s when said again: %s", max(again.asked, again.took-again.asked, again.after), lang, said(again.verbs))
				}
				all = append(all, prompt{fmt.Sprintf("%s/%s %s", at.Flow, at.Step, p.Say.ID), lang, said(pg.verbs), pg.took, pg.note, len(pg.offered)})
				from = pg.next
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func said(verbs []Verb) string {
	var lines []string
	for _, v := range verbs {
		lines = append(lines, v.Text+v.URL)
	}
	return strings.Join(lines, " ")
}

// The longest names and places there may be are in the walk, so a prompt there
// takes longer than any that is likely.
func TestWalk(t *testing.T) {
	all := prompts(t)
	slices.SortStableFunc(all, func(a, b prompt) int { return int(b.took - a.took) })
	seen := map[string]bool{}
	over := 0
	for _, p := range all {
		if p.took > MaxSpeech || p.note > MaxSpeech {
			over++
		}
		if key := p.at + p.lang; !seen[key] {
			seen[key] = true
			t.Logf("%4.1f s (%.1f) %d  %-36s %s  %s", p.took.Seconds(), p.note.Seconds(), p.choices, p.at, p.lang, p.text)
		}
	}
	t.Logf("%d prompts, %d over %s", len(all), over, MaxSpeech)
}
