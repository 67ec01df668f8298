package ussd

import (
	"strings"
	"unicode/utf8"

	"tikaline/locales"
)

// pages cuts the screen into pages that each fit into b. Joined they hold the
// text and every option; an option keeps its number.
func (s screen) pages(b locales.Budget) []string {
	var all []string
	c := newCutter(s, b)
	for {
		first := len(all) == 0
		if page, ok := c.last(first); ok {
			return append(all, page)
		}
		foot := c.foot(first)
		body := c.fill(foot)
		if rich := c.footer(true, first, true); over(body.size, rich.size).Fits(b) {
			foot = rich
		}
		all = append(all, join(body.words, foot.words))
	}
}

// A cutter cuts a screen into pages. It tries this and that below each other,
// and counts what the screen is made of only once.
type cutter struct {
	b       locales.Budget
	text    piece // what is left of it
	options []piece
	back    piece
	more    piece
	keys    []sizedKey
}

// A piece is words with their size.
type piece struct {
	words string
	size  locales.Size
}

type sizedKey struct {
	piece
	first bool
}

func sized(words string) piece { return piece{words, locales.SizeOf(words)} }

func newCutter(s screen, b locales.Budget) *cutter {
	c := &cutter{
		b: b, text: sized(s.text), options: make([]piece, len(s.options)),
		back: sized(s.back), more: sized(s.more), keys: make([]sizedKey, len(s.keys)),
	}
	for i, o := range s.options {
		c.options[i] = sized(o)
	}
	for i, k := range s.keys {
		c.keys[i] = sizedKey{sized(k.words), k.first}
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

// stack puts pieces below one another.
func stack(top piece, below []piece) piece {
	lines := make([]string, 0, 1+maxOptions)
	if top.words != "" {
		lines = append(lines, top.words)
	}
	for _, p := range below {
		lines = append(lines, p.words)
		top.size = over(top.size, p.size)
	}
	return piece{strings.Join(lines, "\n"), top.size}
}

// last returns what is left as one page, with as many keys as fit, if it fits.
func (c *cutter) last(first bool) (string, bool) {
	if len(c.options) > maxOptions {
		return "", false
	}
	size := c.text.size
	for _, o := range c.options {
		size = over(size, o.size)
	}
	for _, rich := range []bool{true, false} {
		if foot := c.footer(false, first, rich); over(size, foot.size).Fits(c.b) {
			return join(stack(c.text, c.options).words, foot.words), true
		}
	}
	return "", false
}

// foot returns what stands below the next page. Back is not shown where only it
// would cut a word or two off a text or an option: the key works all the same.
func (c *cutter) foot(first bool) piece {
	foot := c.footer(true, first, false)
	next := c.text
	if next.words == "" {
		next = c.options[0]
	}
	if over(next.size, foot.size).Fits(c.b) {
		return foot
	}
	without := *c
	without.back = piece{}
	if slim := without.footer(true, first, false); over(next.size, slim.size).Fits(c.b) {
		return slim
	}
	return foot
}

// footer returns the keys in one line: Back, More where there is more, what must be
// on the first page, and when rich the rest.
func (c *cutter) footer(more, first, rich bool) piece {
	var foot piece
	words := make([]string, 0, 4)
	add := func(p piece) {
		words = append(words, p.words)
		foot.size = over(foot.size, p.size)
	}
	if c.back.words != "" {
		add(c.back)
	}
	if more {
		add(c.more)
	}
	for _, k := range c.keys {
		if rich || first && k.first {
			add(k.piece)
		}
	}
	half := locales.Budget{Septets: c.b.Septets / 2, Units: c.b.Units / 2}
	if !rich && !foot.size.Fits(half) {
		// no room to say anything: the keys work without being shown
		if more {
			return c.more
		}
		return piece{}
	}
	foot.words = strings.Join(words, " ")
	return foot
}

// pair is how many options are read against each other: yes and no stay on one
// page where they can.
const pair = 2

// fill takes as much of the text and then as many options as fit above foot.
// It always takes something and never all: what is left did not fit one page,
// and if it does so above a footer, that is because Indian letters in there
// have changed the alphabet.
func (c *cutter) fill(foot piece) piece {
	fits := func(s locales.Size) bool { return over(s, foot.size).Fits(c.b) }
	body := c.text
	if body.words != "" {
		if !fits(body.size) {
			head, rest := c.cut(body, foot)
			c.text = rest
			return head
		}
		if len(c.options) == 0 {
			head, rest := halve(body)
			c.text = rest
			return head
		}
		c.text = piece{}
		if len(c.options) == pair {
			both := over(c.options[0].size, c.options[1].size)
			if !fits(over(body.size, both)) && fits(both) {
				return body
			}
		}
	}
	n, size := 0, body.size
	for n < len(c.options) && n < maxOptions {
		if size = over(size, c.options[n].size); !fits(size) {
			break
		}
		n++
	}
	if n == len(c.options) {
		n--
	}
	if body.words == "" && n == 0 { // one option is more than a page
		head, rest := c.cut(c.options[0], foot)
		if rest.words == "" {
			head, rest = halve(c.options[0])
		}
		if c.options = c.options[1:]; rest.words != "" {
			c.options = append([]piece{rest}, c.options...)
		}
		return head
	}
	body = stack(body, c.options[:n])
	c.options = c.options[n:]
	return body
}

// cut divides a text where its head fits above foot.
func (c *cutter) cut(p, foot piece) (head, rest piece) {
	h, r := locales.Cut(p.words, above(foot, c.b))
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
