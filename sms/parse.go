package sms

import (
	"strings"

	"tikaline/locales"
)

const (
	sentence = 8 // words up to which a keyword in the middle of a text counts
	shortest = 4 // words up to which a word for stop is noticed anywhere
)

// Parse understands a text. It never fails: what is not understood is an
// answer, or rubbish. Case, punctuation, white space and the script of digits
// make no difference to it.
func (k *Keywords) Parse(text string) Message {
	p := parse{k: k, number: -1}
	p.scan(text)
	if len(p.words) == 0 {
		return p.withoutKeyword()
	}
	if p.broken*4 > p.marks+p.broken {
		return Message{Command: CommandRubbish}
	}
	p.lookUp()
	p.numbers()
	p.significant()
	p.m.Lang = p.script()
	p.decide()
	return p.m
}

// parse is one text on its way to a Message.
type parse struct {
	tokens
	k        *Keywords
	m        Message
	sig      []int // the tokens that carry meaning
	number   int   // the token that is m.Number, -1 if there is none
	pincodes int
	years    int
	greeted  bool // a greeting or an OK came first
}

// lookUp finds what the words mean, and drops those that stand for a space.
func (p *parse) lookUp() {
	kept, gapped := p.words[:0], false
	for i, w := range p.words {
		if !w.digits {
			w.term = p.k.terms[string(p.key(w))]
		}
		if w.term.is(gap) && (len(kept) > 0 || i < len(p.words)-1) {
			gapped = true
			continue
		}
		w.gapped, gapped = gapped, false
		kept = append(kept, w)
	}
	p.words = kept
}

func (p *parse) withoutKeyword() Message {
	switch {
	case strings.ContainsAny(p.text, "?？؟"):
		return Message{Command: CommandHelp, Sure: true}
	case p.broken == 0 && locales.Fold(p.text) == "":
		return Message{Command: CommandNothing}
	}
	return Message{Command: CommandRubbish}
}

// command returns what the token asks for, "" for nothing.
func (p *parse) command(i int) Command {
	if t := p.words[i].term; t != nil {
		return t.command
	}
	return ""
}

// significant lists the tokens that are not merely polite. A text of nothing
// else is taken at its word: "ji" is yes.
func (p *parse) significant() {
	p.sig = make([]int, 0, len(p.words))
	for i, w := range p.words {
		switch {
		case w.term.is(polite | small | label), w.used && !w.digits, p.numero(i), p.ordinalOfDigits(i):
		default:
			p.sig = append(p.sig, i)
		}
	}
	if len(p.sig) == 0 {
		for i := range p.words {
			p.sig = append(p.sig, i)
		}
	}
}

// numero reports whether a NO is short for number: "pin no. 110001". "No 2" as
// a whole may be either and is left for what it says.
func (p *parse) numero(i int) bool {
	if string(p.key(p.words[i])) != "NO" || i+1 == len(p.words) || !p.words[i+1].digits {
		return false
	}
	return i > 0 || p.words[i+1].to-p.words[i+1].from == pincodeLength
}

func (p *parse) ordinalOfDigits(i int) bool {
	return i > 0 && p.words[i-1].digits && p.ordinal(i)
}

// decide settles the command. The order is the meaning: what does harm if it
// is misunderstood comes first.
func (p *parse) decide() {
	switch {
	case len(p.words) == 1 && p.command(0) == CommandStop:
		p.settle(0, true)
		return
	case p.asksStop():
		p.m.Command = CommandStopAsk
		return
	}
	if p.sole() {
		return
	}
	p.greeting()
	if p.digitsOnly() {
		return
	}
	if i := p.keyword(); i >= 0 {
		if p.refuses() && !(p.command(i) == CommandRegister && p.others(i)) {
			p.answer()
			return
		}
		p.settle(i, !p.greeted)
		return
	}
	if p.guessed() {
		return
	}
	if p.m.Pincode != "" && len(p.sig) <= sentence && !p.refuses() {
		p.m.Command = CommandPin
		p.rest()
		p.m.Sure = p.m.Rest == "" && !p.greeted
		return
	}
	p.answer()
}

// asksStop reports whether stop is said among other words, where it may be
// meant: at the front, or with no command beside it at the end of a text or
// anywhere in a short one. S T O P counts as well.
func (p *parse) asksStop() bool {
	at, others := -1, 0
	for n, i := range p.sig {
		switch c := p.command(i); {
		case c == CommandStop && (at < 0 || n == len(p.sig)-1):
			at = n
		case c != "" && c != CommandStop:
			others++
		}
	}
	if at < 0 {
		return p.spelt(CommandStop)
	}
	return p.command(p.sig[0]) == CommandStop || others == 0 && (at == len(p.sig)-1 || len(p.sig) <= shortest)
}

// spelt reports whether the text is a word for c with its letters apart.
func (p *parse) spelt(c Command) bool {
	if len(p.words) < fuzzyMin || len(p.words) > fuzzyMax {
		return false
	}
	var room [fuzzyMax]byte
	word := room[:0]
	for _, w := range p.words {
		if w.to-w.from != 1 {
			return false
		}
		word = append(word, p.key(w)...)
	}
	t := p.k.terms[string(word)]
	return t != nil && t.command == c
}

// sole settles yes, no, start and a greeting, which have to be all that is
// said, once or more.
func (p *parse) sole() bool {
	c := p.command(p.sig[0])
	switch c {
	case CommandYes, CommandNo, CommandStart, CommandMenu:
	default:
		return false
	}
	for _, i := range p.sig {
		if p.command(i) != c {
			return false
		}
	}
	p.settle(p.sig[0], true)
	return true
}

// greeting passes over a hello or an OK in front of something else.
func (p *parse) greeting() {
	for len(p.sig) > 1 {
		i := p.sig[0]
		switch c := p.command(i); {
		case c == CommandMenu:
		case c == CommandYes && p.words[i].to-p.words[i].from > 1 && (p.m.Pincode != "" || !p.words[p.sig[1]].digits):
		default:
			return
		}
		p.sig, p.greeted = p.sig[1:], true
		p.words[i].used = true
	}
}

// digitsOnly settles a text without a word: a pincode, a choice, an answer.
func (p *parse) digitsOnly() bool {
	for _, i := range p.sig {
		if !p.words[i].digits {
			return false
		}
	}
	switch {
	case len(p.sig) == 1 && p.number == p.sig[0]:
		p.m.Command = CommandChoice
		p.m.Rest = string(p.key(p.words[p.number]))
		p.m.Sure = !p.greeted
	case p.m.Pincode != "":
		p.m.Command = CommandPin
		p.rest()
		p.m.Sure = !p.greeted
	default:
		p.answer()
	}
	return true
}

// refuses reports whether a no is said somewhere. Then nothing is done, lest
// the opposite be. N is somebody's initial.
func (p *parse) refuses() bool {
	for _, i := range p.sig {
		if p.command(i) == CommandNo && p.words[i].to-p.words[i].from > 1 {
			return true
		}
	}
	return false
}

// settle makes the message what token i asks for.
func (p *parse) settle(i int, sure bool) {
	t := p.words[i].term
	p.m.Command = t.command
	if p.m.Lang == "" {
		p.m.Lang = t.lang
	}
	if t.command == CommandRegister {
		p.registration(i)
		p.m.Sure = sure && (!t.is(weak) || p.years > 0 || p.m.Rest == "")
		return
	}
	if t.command == CommandLanguage {
		p.speak()
	}
	for j := range p.words {
		w := &p.words[j]
		w.used = w.used || p.command(j) != "" || w.term.is(letters) && t.command == CommandLanguage
	}
	p.rest()
	p.m.Sure = sure && p.m.Rest == ""
}

// speak finds the language that is asked for.
func (p *parse) speak() {
	named, latin := "", false
	several := false
	for _, i := range p.sig {
		t := p.words[i].term
		if t.is(letters) {
			latin = true
		}
		if t == nil || t.speak == "" || t.speak == named {
			continue
		}
		several = several || named != ""
		// "Hindi in English letters" names two but asks for one.
		if named == "" || named == locales.English {
			named = t.speak
		}
	}
	switch {
	case latin && named != "":
		named = locales.Latin(named)
	case several:
		named = ""
	}
	if named != "" {
		p.m.Speak, p.m.Lang = named, named
	}
}

// answer leaves the text for the open question.
func (p *parse) answer() {
	p.m.Command = CommandAnswer
	if p.m.Year != "" && len(p.sig) <= sentence {
		p.m.Name, _ = p.name(-1)
	}
	p.m.Rest = locales.FoldName(p.text)
	p.m.Sure = true
}
