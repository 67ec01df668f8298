package ussd

import (
	"strings"
	"unicode/utf8"

	"tikaline/locales"
)

// A page is what is shown at once, and which answers it shows.
type page struct {
	text    string
	options []int // numbers of the options that stand on it whole
	latin   bool  // 9 is offered
}

// pages cuts the screen into pages that each fit into b. An option keeps its
// number. The rules, in this order:
//
//   - All on one page, in the richest wording with which it fits. A bare reason
//     for a wrong key is left out rather than to part question and options.
//   - Else a page is a question and at least one option: the question in the
//     richest wording that leaves room for most of them, and the rest below its
//     short form. A reason that leaves no room has a page of its own before.
//   - Only then text is cut.
func (s screen) pages(b locales.Budget) []page {
	c := newCutter(s, b)
	return c.pages(c.notes)
}

// A cutter cuts a screen into pages. It tries this and that below each other,
// and counts what the screen is made of only once.
type cutter struct {
	b       locales.Budget
	notes   []piece // wordings, richest first
	bare    bool    // the note may be left out
	text    []piece // wordings of the question
	short   []piece // wordings of its short form
	options []item  // in the order in which they are shown
	back    piece
	more    piece
	home    piece
	latin   piece
}

// A piece is words with their size.
type piece struct {
	words string
	size  locales.Size
}

// An item is an option with its number.
type item struct {
	piece
	n    int
	late bool
}

func sized(words string) piece { return piece{words, locales.SizeOf(words)} }

func sizedAll(words []string) []piece {
	all := make([]piece, len(words))
	for i, w := range words {
		all[i] = sized(w)
	}
	return all
}

func newCutter(s screen, b locales.Budget) *cutter {
	c := &cutter{
		b: b, notes: sizedAll(s.notes), bare: s.bare, text: sizedAll(s.text), short: sizedAll(s.short),
		options: make([]item, 0, len(s.options)),
		back:    sized(s.back), more: sized(s.more), home: sized(s.home), latin: sized(s.latin),
	}
	for _, late := range []bool{false, true} {
		for i, o := range s.options {
			if o.late == late {
				c.options = append(c.options, item{sized(o.words), i + 1, o.late})
			}
		}
	}
	return c
}

// over returns the size of one text over another, or beside it: a line break and a
// space cost the same.
func over(above, below locales.Size) locales.Size {
	if above.Units > 0 && below.Units > 0 {
		above.Septets++
		above.Units++
	}
	return above.Plus(below)
}

// stack puts one piece below another.
func stack(above, below piece) piece {
	return piece{join(above.words, below.words), over(above.size, below.size)}
}

// fits reports whether a body fits on a page, above "more" where more follows.
func (c *cutter) fits(body locales.Size, more bool) bool {
	if more {
		body = over(body, c.more.size)
	}
	return body.Fits(c.b)
}

// pages returns the pages below the wordings of a note; none is no note.
func (c *cutter) pages(notes []piece) []page {
	if p, ok := c.whole(notes); ok {
		return []page{p}
	}
	if len(notes) > 0 {
		if c.bare {
			if p, ok := c.whole(nil); ok {
				return []page{p}
			}
		}
		if len(c.options) > 0 {
			if p, rest, ok := c.first(notes); ok {
				return append([]page{p}, c.rest(rest)...)
			}
		}
		if c.bare {
			return c.pages(nil)
		}
		return append(c.words(notes, true), c.pages(nil)...)
	}
	if len(c.options) == 0 {
		return c.words(c.text, false)
	}
	if p, rest, ok := c.first(nil); ok {
		return append([]page{p}, c.rest(rest)...)
	}
	return append(c.words(c.text, true), c.rest(c.options)...)
}

// heads calls try with each question below each note, the richest first, until one
// does.
func (c *cutter) heads(notes []piece, try func(piece) bool) bool {
	for _, text := range c.text {
		if len(notes) == 0 && try(text) {
			return true
		}
		for _, note := range notes {
			if try(stack(note, text)) {
				return true
			}
		}
	}
	return false
}

// whole returns all as one page, if it fits.
func (c *cutter) whole(notes []piece) (p page, ok bool) {
	if len(c.options) > maxOptions {
		return p, false
	}
	var all locales.Size
	for _, o := range c.options {
		all = over(all, o.size)
	}
	ok = c.heads(notes, func(head piece) bool {
		if !c.fits(over(head.size, all), false) {
			return false
		}
		p = c.page(head, c.options, false)
		return true
	})
	return p, ok
}

// first returns the first page of several, with at least one option, and the
// options left. Late ones stand behind the others.
func (c *cutter) first(notes []piece) (p page, rest []item, ok bool) {
	early := 0
	for early < len(c.options) && !c.options[early].late {
		early++
	}
	if early == 0 || early == len(c.options) && early <= maxOptions {
		early = len(c.options)
	}
	best, most := piece{}, 0
	c.heads(notes, func(head piece) bool {
		if n := c.room(head, c.options[:early], early < len(c.options)); n > most {
			best, most = head, n
		}
		return false
	})
	if most == 0 {
		return p, nil, false
	}
	return c.page(best, c.options[:most], true), c.options[most:], true
}

// room returns how many of the options fit below head. more is whether others
// follow after them all.
func (c *cutter) room(head piece, options []item, more bool) int {
	n, size := 0, head.size
	for n < len(options) && n < maxOptions {
		size = over(size, options[n].size)
		if !c.fits(size, more || n+1 < len(options)) {
			break
		}
		n++
	}
	return n
}

// rest returns the pages of options below the short form of their question.
func (c *cutter) rest(options []item) []page {
	var all []page
	for len(options) > 0 {
		n, head := 0, piece{}
		for _, head = range append(c.short[:len(c.short):len(c.short)], piece{}) {
			if n = c.room(head, options, false); n > 0 {
				break
			}
		}
		if n == 0 { // one option is more than a page
			last := options[0].n
			cut := c.words([]piece{options[0].piece}, len(options) > 1)
			cut[len(cut)-1].options = []int{last}
			all, options = append(all, cut...), options[1:]
			continue
		}
		all = append(all, c.page(head, options[:n], n < len(options)))
		options = options[n:]
	}
	return all
}

// words returns pages of text alone: one in the richest wording that fits, else
// the poorest cut into several. more is whether another page follows.
func (c *cutter) words(wordings []piece, more bool) []page {
	for _, w := range wordings {
		if c.fits(w.size, more) {
			return []page{c.page(w, nil, more)}
		}
	}
	var all []page
	left := wordings[len(wordings)-1]
	for left.words != "" && !c.fits(left.size, more) {
		head, rest := c.cut(left)
		if rest.words == "" { // it fits without "more" below it, and more follows
			head, rest = halve(left)
		}
		all, left = append(all, c.page(head, nil, more || rest.words != "")), rest
	}
	if left.words == "" {
		return all
	}
	return append(all, c.page(left, nil, more))
}

// page puts a page together, with as many keys below as fit: "more" where there
// is more, and then what helps most.
func (c *cutter) page(head piece, options []item, more bool) page {
	p := page{}
	for _, o := range options {
		head = stack(head, o.piece)
		p.options = append(p.options, o.n)
	}
	var foot locales.Size
	if more {
		foot = c.more.size
	}
	fits := func(k piece) bool {
		if size := over(foot, k.size); k.words != "" && over(head.size, size).Fits(c.b) {
			foot = size
			return true
		}
		return false
	}
	p.latin = fits(c.latin)
	back := fits(c.back)
	home := fits(c.home)
	words := make([]string, 0, 4)
	for _, k := range []struct {
		piece
		shown bool
	}{{c.back, back}, {c.more, more}, {c.home, home}, {c.latin, p.latin}} {
		if k.shown {
			words = append(words, k.words)
		}
	}
	p.text = join(head.words, strings.Join(words, " "))
	return p
}

// cut divides a text where its head fits above "more".
func (c *cutter) cut(p piece) (head, rest piece) {
	h, r := locales.Cut(p.words, above(c.more, c.b))
	if strings.TrimSpace(h) == "" {
		// no budget that Check lets pass is so small; but never stand still
		_, width := utf8.DecodeRuneInString(r)
		h, r = h+r[:width], r[width:]
	}
	return sized(strings.TrimSpace(h)), sized(strings.TrimSpace(r))
}

// halve divides a text about the middle.
func halve(p piece) (head, rest piece) {
	h, r := locales.Cut(p.words, locales.Budget{Septets: (p.size.Septets + 1) / 2, Units: (p.size.Units + 1) / 2})
	if strings.TrimSpace(h) == "" || strings.TrimSpace(r) == "" { // one letter, or a long word: never stand still
		_, width := utf8.DecodeRuneInString(p.words)
		h, r = p.words[:width], p.words[width:]
	}
	return sized(strings.TrimSpace(h)), sized(strings.TrimSpace(r))
}

// above returns what is left of b when foot stands below.
func above(foot piece, b locales.Budget) locales.Budget {
	if foot.words == "" {
		return b
	}
	septets, units := foot.size.Septets+1, foot.size.Units+1 // with the line break
	if foot.size.Other {
		// the whole page is sent in UTF-16, and a GSM-7 letter is never less
		// than a unit
		left := max(0, b.Units-units)
		return locales.Budget{Septets: left, Units: left}
	}
	return locales.Budget{Septets: max(0, b.Septets-septets), Units: max(0, b.Units-units)}
}
