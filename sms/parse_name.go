package sms

import (
	"strings"
	"unicode"

	"tikaline/locales"
)

// registration picks the name out of what stands around the keyword, and
// leaves the rest.
func (p *parse) registration(i int) {
	p.words[i].used = true
	alone := p.years > 0 || !p.others(i)
	// "tika registration", "vaccine reg"
	for j := i - 1; j >= 0 && p.command(j) == CommandRegister && p.words[j].term.is(weak); j-- {
		p.words[j].used = true
	}
	for j := i + 1; j < len(p.words) && p.command(j) == CommandRegister && p.words[j].term.is(weak); j++ {
		p.words[j].used = p.words[j].used || alone
	}
	if p.m.Pincode != "" {
		for j := range p.words {
			if p.command(j) == CommandPin && j+1 < len(p.words) && p.words[j+1].digits {
				p.words[j].used = true
			}
		}
	}
	p.m.Name, p.m.Rest = p.name(i)
	if p.words[i].term.is(weak) && p.years == 0 {
		// "टीका लगवाना है" wants a vaccination and names nobody.
		p.m.Name, p.m.Rest = "", strings.TrimSpace(p.m.Name+" "+p.m.Rest)
	}
}

// name finds the name among the words that are not used, and gives what else
// is there beside it. It stands after a word for name, or else follows the
// keyword, or else comes first: "I want to register Asha Devi 1990".
func (p *parse) name(keyword int) (name, rest string) {
	var others []string
	best := 0 // how good a place the name was found in
	for i := 0; i < len(p.words); {
		if i == keyword || !p.nameable(i) {
			i++
			continue
		}
		j := i
		for j < len(p.words) && j != keyword && p.nameable(j) {
			j++
		}
		from, to := i, j
		here := i > 0 && p.words[i-1].term.is(label)
		for from < to && p.words[from].term.is(small) {
			from++
		}
		for here && from < to && p.words[to-1].term.is(small) {
			to--
		}
		if from < to {
			place := 1
			switch {
			case here:
				place = 3
			case keyword >= 0 && from > keyword:
				place = 2
			}
			run := p.typed(from, to)
			if place > best {
				name, run, best = run, name, place
			}
			if run != "" {
				others = append(others, run)
			}
		}
		i = j
	}
	return name, strings.Join(others, " ")
}

// nameable reports whether a token may be part of a name.
func (p *parse) nameable(i int) bool {
	w := p.words[i]
	return !w.digits && !w.used && !w.term.is(polite|label) && !p.ordinalOfDigits(i)
}

// typed returns what was typed from one token to another, in the letters in which
// it was typed, without the signs that no name has.
func (p *parse) typed(from, to int) string {
	start := p.words[from].start
	var parts []string
	for i := from + 1; i < to; i++ {
		if p.words[i].gapped {
			parts = append(parts, p.text[start:p.words[i-1].end])
			start = p.words[i].start
		}
	}
	parts = append(parts, p.text[start:p.words[to-1].end])
	return locales.FoldName(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r), unicode.IsMark(r), r == '.', r == '\'', r == '’', r == '-', unseen(r):
			return r
		}
		return ' '
	}, strings.Join(parts, " ")))
}

// rest returns what was not understood.
func (p *parse) rest() {
	var left []string
	for i, w := range p.words {
		if w.used || i == p.number || w.term.is(polite|small|label) || p.numero(i) || p.ordinalOfDigits(i) {
			continue
		}
		left = append(left, locales.FoldName(p.text[w.start:w.end]))
	}
	p.m.Rest = strings.Join(left, " ")
}
