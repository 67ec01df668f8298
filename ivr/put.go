package ivr

import (
	"context"

	"tikaline/dialog"
)

// put words a Prompt, and waits for the answer to it.
func (v *visit) put(ctx context.Context, p dialog.Prompt) ([]Verb, error) {
	flow, _ := v.t.At()
	v.m.Words, v.m.Ask = nil, ""
	if x, ok := p.Expect.(dialog.Choice); ok && flow == "language" {
		v.m.Code = v.m.Code || p.Note.ID == textCode
		pg, err := v.speaker().languages(x.Options)
		if err != nil {
			return nil, err
		}
		return v.offer(pg, 1), nil
	}
	if v.m.Code && p.Note.ID == "" {
		// Whom nobody has understood yet was told none: in which language?
		v.m.Code = false
		if code, ok, err := v.g.Desk(v.e.Number).OpenCode(ctx); ok && err == nil {
			p.Note = dialog.Text{ID: textCode, Data: map[string]any{"Code": code}}
		}
	}
	pg, err := v.speaker().put(p, v.m.From, v.again)
	if err != nil {
		return nil, err
	}
	switch x := p.Expect.(type) {
	case dialog.Choice:
		return v.offer(pg, numbered(p)), nil
	case dialog.Digits:
		return v.wait(Verb{Do: Gather, Keys: x.Max, Secs: keyWait, In: pg.verbs}), nil
	case dialog.Words:
		switch {
		case x.Voice && v.e.NoVoice, !x.Voice && x.Keys.Max == 0:
			return v.agent(ctx, NoVoice)
		case x.Voice:
			return v.wait(Verb{Do: Record, Secs: recordSecs}, pg.verbs...), nil
		case x.Keys.Max > 0:
			return v.wait(Verb{Do: Gather, Keys: x.Keys.Max, Secs: keyWait, In: pg.verbs}), nil
		}
	}
	return v.last(pg.verbs), nil
}

// offer waits for a key at a choice, or for as many as the number has that may be
// keyed in its place.
func (v *visit) offer(pg page, keys int) []Verb {
	v.m.Offered, v.m.From, v.m.Next = pg.offered, pg.from, pg.next
	return v.wait(Verb{Do: Gather, Keys: max(1, keys), Secs: keyWait, In: pg.verbs})
}

// numbered returns how many digits the number has that is asked for in the first
// place where the only option is to do without it; 0 where p is a list.
func numbered(p dialog.Prompt) int {
	if c, ok := p.Expect.(dialog.Choice); ok && len(c.Options) == 1 {
		if d, ok := c.Or.(dialog.Digits); ok && p.Agree == "" {
			return d.Max
		}
	}
	return 0
}

// wait ends a turn: what is answered to ask belongs to the next one, and so does
// silence, where the provider goes on by itself.
func (v *visit) wait(ask Verb, before ...Verb) []Verb {
	v.m.Turn = v.e.Turn + 1
	v.m.Step++
	ask.Turn = v.m.Turn
	return append(before, ask, Verb{Do: Go, Turn: v.m.Turn})
}
