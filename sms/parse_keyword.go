package sms

// others reports whether words that ask for nothing stand beside token i.
func (p *parse) others(i int) bool {
	for _, j := range p.sig {
		if j != i && !p.words[j].digits && p.askable(j) == 0 && !p.words[j].term.is(letters) {
			return true
		}
	}
	return false
}

// askable ranks what a token asks for among other words, 0 for what does not
// count there. Nouns give way to verbs: "cancel my booking" is about a
// cancellation, "टीका केंद्र" about a centre.
func (p *parse) askable(i int) int {
	rank := 0
	switch p.command(i) {
	case CommandRegister:
		rank = 1
	case CommandBook:
		rank = 2
	case CommandTell:
		rank = 3
	case CommandChange:
		rank = 4
	case CommandPin:
		rank = 5
	case CommandLanguage, CommandStatus, CommandCancel, CommandHelp, CommandCall:
		rank = 6
	}
	if rank > 0 && !p.words[i].term.is(weak) {
		rank += 10
	}
	return rank
}

// keyword finds the token that decides, -1 if there is none.
func (p *parse) keyword() int {
	first, last := p.sig[0], p.sig[len(p.sig)-1]
	switch {
	case p.command(first) == CommandRegister && (p.years > 0 || !p.words[first].term.is(weak)) && p.others(first):
		return first
	case p.command(last) == CommandRegister && p.years > 0 && p.others(last):
		return last
	}
	best, rank := -1, 0
	for n, i := range p.sig {
		if len(p.sig) > sentence && n > 0 && n < len(p.sig)-1 {
			continue
		}
		if r := p.askable(i); r > rank && p.languageNamed(n) {
			best, rank = i, r
		}
	}
	return best
}

// languageNamed reports whether the n-th word counts if it is the name of a
// language. In the middle of a text it is only talked about, and Ramila Ben is
// a lady: it has to come first, or with a word for language or change.
func (p *parse) languageNamed(n int) bool {
	if p.words[p.sig[n]].term.speak == "" || n == 0 {
		return true
	}
	for _, i := range p.sig {
		if c := p.command(i); c == CommandChange || c == CommandLanguage && p.words[i].term.speak == "" {
			return true
		}
	}
	return false
}

// guessed settles a text whose first or last word is a keyword with a typing
// error. What else there is has to fit: Madan Lal does not want MADAD.
func (p *parse) guessed() bool {
	for n, i := range []int{p.sig[0], p.sig[len(p.sig)-1]} {
		if n > 0 && i == p.sig[0] || p.words[i].digits || p.words[i].term != nil {
			continue
		}
		t := p.k.guess(p.key(p.words[i]))
		if t == nil {
			continue
		}
		named := t.command == CommandRegister && !t.is(weak) && p.years > 0
		if p.refuses() || !named && p.others(i) {
			continue
		}
		p.words[i].term = t
		j := p.keyword()
		if j < 0 && len(p.sig) > 1 { // a greeting, or a language in passing
			p.words[i].term = nil
			continue
		}
		p.m.Guessed = t.spelling
		p.settle(max(j, p.sig[0]), false)
		return true
	}
	return false
}
