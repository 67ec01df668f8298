package slip

import (
	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/shaping"
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
	wrapper   shaping.LineWrapper
}

func newSetter(f *fonts) *setter { return &setter{faces: *newFaces(f)} }

// A style is how a text looks. Size is in points.
type style struct {
	size float64
	bold bool
}

// A line is the glyphs of a line, and its text.
type line struct {
	runs shaping.Line
	text string
}

// lines sets text within a width in points. More lines than most end in an
// ellipsis; 0 is any number. A word that is too long is broken between two
// letters, never within one.
func (s *setter) lines(text string, st style, width float64, most int) []line {
	if text == "" {
		return nil
	}
	s.bold = st.bold
	runes := []rune(text)
	shaped := s.shape(runes)
	config := shaping.WrapConfig{Direction: di.DirectionLTR, TruncateAfterLines: most}
	if most > 0 {
		config.Truncator = s.shape([]rune("…"))[0]
	}
	wrapped, cut := s.wrapper.WrapParagraphF(config, fixed.Int26_6(width/st.size*em*64), runes, shaping.NewSliceIterator(shaped))
	lines := make([]line, len(wrapped))
	from := 0
	for i, l := range wrapped {
		lines[i].runs = append(shaping.Line(nil), l...) // the wrapper uses its own again
		to := from
		for j, run := range l {
			if cut > 0 && i == len(wrapped)-1 && j == len(l)-1 {
				break // the ellipsis
			}
			to += run.Runes.Count
		}
		lines[i].text = string(runes[from:to])
		from = to
	}
	return lines
}

// shape splits text where script or font change, and gives each part the
// glyphs and places that its font wants: conjuncts made, vowel signs where
// they are written, reph above.
func (s *setter) shape(runes []rune) []shaping.Output {
	var outs []shaping.Output
	for _, in := range s.segmenter.Split(shaping.Input{
		// No Language: the script's own is meant, not one of the environment.
		Text: runes, RunEnd: len(runes), Direction: di.DirectionLTR, Size: fixed.I(em),
	}, &s.faces) {
		outs = append(outs, s.shaper.Shape(in))
	}
	return outs
}

// width of a line, in points.
func (l line) width(st style) float64 {
	var w fixed.Int26_6
	for _, run := range l.runs {
		w += run.Advance
	}
	return float64(w) / 64 * st.size / em
}
