package slip

import (
	"strings"
	"unicode"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/shaping"
	"github.com/rivo/uniseg"
	"golang.org/x/image/math/fixed"
)

// em is the size at which text is shaped. It is drawn smaller, and so the
// places of glyphs are not rounded to what is left of a small size.
const em = 1000

// A setter turns text into lines of glyphs, for one job.
type setter struct {
	faces
	segmenter shaping.Segmenter
	shaper    shaping.HarfbuzzShaper
}

func newSetter(f *fonts) *setter { return &setter{faces: *newFaces(f)} }

// A style is how a text looks. Size is in points.
type style struct {
	size float64
	bold bool
}

// A line is shaped text, in pieces that follow one another.
type line struct {
	text  string
	runs  []shaping.Output
	width float64 // in ems, with a space at its end
	ink   float64 // without
}

func (l *line) add(piece line) {
	l.text += piece.text
	l.runs = append(l.runs, piece.runs...)
	l.ink = l.width + piece.ink
	l.width += piece.width
}

// lines sets text within a width in points. More lines than most end in an
// ellipsis; 0 is any number. A word that is too long is broken between two
// letters, never within one. Joined, the lines are the tidied text.
func (s *setter) lines(text string, st style, width float64, most int) []line {
	s.bold = st.bold
	room := width / st.size
	var done []line
	var now line
	last := func() bool { return most > 0 && len(done) == most-1 }
	for rest, state := tidy(text), -1; rest != ""; {
		var word string
		word, rest, _, state = uniseg.FirstLineSegmentInString(rest, state)
		piece := s.shape(word)
		switch {
		case now.width+piece.ink <= room:
			now.add(piece)
			continue
		case last():
			return append(done, s.cut(now.text+word, room))
		case now.text != "":
			done, now = append(done, now), line{}
		}
		if piece.ink <= room {
			now = piece
			continue
		}
		for now = s.longest(word, room); now.text != word; now = s.longest(word, room) {
			if last() {
				return append(done, s.cut(word, room))
			}
			done, word = append(done, now), word[len(now.text):]
		}
	}
	if now.text != "" {
		done = append(done, now)
	}
	return done
}

// tidy leaves single spaces where there is any space or control character.
func tidy(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
}

// longest returns as many letters as there is room for, and at least one.
func (s *setter) longest(text string, room float64) line {
	var fits line
	for n := 0; n < len(text); {
		n += len(letter(text[n:]))
		l := s.shape(text[:n])
		if fits.text != "" && l.ink > room {
			break
		}
		fits = l
	}
	return fits
}

// cut is as much of a text as there is room for, and an ellipsis.
func (s *setter) cut(text string, room float64) line {
	dots := s.shape("…")
	l := s.longest(text, room-dots.width)
	if end := strings.TrimRight(l.text, " "); end != l.text {
		l = s.shape(end)
	}
	l.add(dots)
	return l
}

// letter returns the first letter of a text as a reader sees it: a conjunct is
// one, which the segmentation of Unicode 15.0 does not know yet.
func letter(text string) string {
	n := 0
	for state := -1; n < len(text); {
		var cluster string
		cluster, _, _, state = uniseg.FirstGraphemeClusterInString(text[n:], state)
		n += len(cluster)
		if !joins(cluster) {
			break
		}
	}
	return text[:n]
}

// joins reports whether the letter goes on behind a cluster that ends so.
func joins(cluster string) bool {
	for _, end := range []string{"\u094d", "\u09cd", "\u094d\u200d", "\u09cd\u200d"} {
		if strings.HasSuffix(cluster, end) {
			return true
		}
	}
	return false
}

// shape splits text where script or font change, and gives each part the
// glyphs and places that its font wants: conjuncts made, vowel signs where
// they are written, reph above. There are no fonts here for scripts that run
// from right to left, whose boxes may as well stand the other way.
func (s *setter) shape(text string) line {
	runes := []rune(text)
	l := line{text: text}
	if len(runes) == 0 {
		return l
	}
	inked := len([]rune(strings.TrimRight(text, " ")))
	for _, in := range s.segmenter.Split(shaping.Input{
		// No Language: the script's own is meant, not one of the environment.
		Text: runes, RunEnd: len(runes), Direction: di.DirectionLTR, Size: fixed.I(em),
	}, &s.faces) {
		in.Direction = di.DirectionLTR
		run := s.shaper.Shape(in)
		l.runs = append(l.runs, run)
		for _, g := range run.Glyphs {
			advance := float64(g.Advance) / 64 / em
			l.width += advance
			if g.TextIndex() < inked {
				l.ink += advance
			}
		}
	}
	return l
}
