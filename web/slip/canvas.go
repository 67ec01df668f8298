package slip

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"codeberg.org/go-pdf/fpdf"
	"github.com/go-text/typesetting/font"
)

// A6, in points. Four fit on a sheet of A4, and one on the screen of a phone.
const (
	pageWidth  = 297.64
	pageHeight = 419.53
	margin     = 15
	inside     = pageWidth - 2*margin
)

// A canvas is a PDF on which every glyph is put in its place. No PDF library
// for Go shapes Devanagari and Bengali, so fpdf is not given letters but the
// glyphs that shaping found, each under a code of its own (see glyphCode), and
// the letters beside them, for readers who search, copy or listen.
type canvas struct {
	pdf   *fpdf.Fpdf
	fonts *fonts
	set   *setter
	added [2 * scripts]bool
}

func newCanvas(f *fonts, lang, title string, at time.Time) *canvas {
	pdf := fpdf.NewCustom(&fpdf.InitType{UnitStr: "pt", Size: fpdf.SizeType{Wd: pageWidth, Ht: pageHeight}})
	pdf.SetMargins(0, 0, 0)
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetLang(lang)
	pdf.SetTitle(title, true)
	pdf.SetProducer("Tikaline", true)
	// The same slip is the same bytes.
	pdf.SetCatalogSort(true)
	pdf.SetCreationDate(at)
	pdf.SetModificationDate(at)
	return &canvas{pdf: pdf, fonts: f, set: newSetter(f)}
}

// A placed line is one with its style and the left end of its baseline.
type placed struct {
	line
	style style
	x, y  float64
}

// draw puts a line on the page.
func (c *canvas) draw(t placed) {
	// A reader reads out or copies the text, not the codes of its glyphs.
	c.pdf.RawWriteStr("/Span <</ActualText <" + utf16Hex(t.text) + ">>> BDC")
	x := t.x
	for _, run := range t.runs {
		c.use(run.Face, t.style.size)
		scale := t.style.size / em
		var together []rune // glyphs that follow one another as their font has it
		var start, end float64
		flush := func() {
			if len(together) > 0 {
				c.pdf.Text(start, t.y, string(together))
			}
			together = together[:0]
		}
		for _, g := range run.Glyphs {
			at := x + float64(g.XOffset)/64*scale
			if math.Abs(at-end) > 0.002*t.style.size || g.YOffset != 0 {
				flush()
			}
			if g.YOffset != 0 {
				c.pdf.Text(at, t.y-float64(g.YOffset)/64*scale, string(glyphCode(g.GlyphID)))
			} else {
				if len(together) == 0 {
					start, end = at, at
				}
				together = append(together, glyphCode(g.GlyphID))
				end += float64(run.Face.HorizontalAdvance(g.GlyphID)) / float64(run.Face.Upem()) * t.style.size
			}
			x += float64(g.Advance) / 64 * scale
		}
		flush()
	}
	c.pdf.RawWriteStr("EMC")
}

// use chooses a font, which the PDF holds if it is used at all.
func (c *canvas) use(face *font.Face, size float64) {
	h := slices.Index(c.set.face[:], face)
	name := "noto" + strconv.Itoa(h)
	if !c.added[h] {
		c.pdf.AddUTF8FontFromBytes(name, "", c.fonts.byGlyph[h])
		c.added[h] = true
	}
	c.pdf.SetFont(name, "", size)
}

// utf16Hex returns a text as PDF wants it.
func utf16Hex(text string) string {
	var s strings.Builder
	s.WriteString("FEFF")
	for _, u := range utf16.Encode([]rune(text)) {
		fmt.Fprintf(&s, "%04X", u)
	}
	return s.String()
}

// A square is a place on the page.
type square struct{ x, y, side float64 }

// qr draws a code, its white margin included.
func (c *canvas) qr(text string, at square) error {
	bars, size, err := code(text)
	if err != nil {
		return err
	}
	module := at.side / float64(size)
	// One path: bars that are filled one by one have white seams on a screen.
	for _, b := range bars {
		left, top := at.x+float64(b.x)*module, at.y+float64(b.y)*module
		right, bottom := left+float64(b.n)*module, top+module
		c.pdf.MoveTo(left, top)
		c.pdf.LineTo(right, top)
		c.pdf.LineTo(right, bottom)
		c.pdf.LineTo(left, bottom)
		c.pdf.ClosePath()
	}
	c.pdf.DrawPath("F")
	return nil
}

func (c *canvas) write(w io.Writer) error { return c.pdf.Output(w) }
