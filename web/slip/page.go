package slip

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"io"
)

// CSS is the style sheet of the page. It has to be served at CSSPath, which
// changes with it, and so may be kept for ever.
//
//go:embed slip.css
var CSS string

// CSSPath is the address that a page's style sheet has.
var CSSPath = func() string {
	sum := sha256.Sum256([]byte(CSS))
	return "/assets/slip-" + hex.EncodeToString(sum[:6]) + ".css"
}()

//go:embed slip.html
var pageHTML string

var pageTemplate = template.Must(template.New("slip").Option("missingkey=error").Parse(pageHTML))

// Links are the addresses of the links on a page; each may be "".
type Links struct {
	PDF  string // of the same slips
	Back string
}

// A sheet is the data of the template.
type sheet struct {
	Links
	CSS, Lang, Title    string
	PDFLabel, BackLabel string
	Slips               []paper
}

// A paper is one slip with its code drawn.
type paper struct {
	said
	Date   string
	QR     string
	QRSize int
}

// Page writes the slips of a party as a page to look at and to print, each on
// an A6 of its own. Where no PDF can be made there is no link to one. It has no script and nothing inline but the QR codes, so
// that it works under a policy of style-src 'self' and default-src 'none'.
func (p *Press) Page(w io.Writer, to Links, slips ...Slip) error {
	if len(slips) == 0 {
		return errors.New("slip: nobody to make one for")
	}
	word := &wording{words: p.words, lang: slips[0].Language}
	s := sheet{Links: to, CSS: CSSPath, PDFLabel: word.text("slip.pdf", nil), BackLabel: word.text("slip.back", nil)}
	if word.err != nil {
		return word.err
	}
	if !p.Ready() {
		s.PDF = ""
	}
	for _, one := range slips {
		words, err := p.say(one)
		if err != nil {
			return err
		}
		bars, size, err := code(words.Scan)
		if err != nil {
			return err
		}
		s.Lang, s.Title = words.Lang, words.Title
		s.Slips = append(s.Slips, paper{words, one.Day.String(), path(bars), size})
	}
	var out bytes.Buffer // whole, before anything of it is sent
	if err := pageTemplate.Execute(&out, s); err != nil {
		return fmt.Errorf("slip: %w", err)
	}
	_, err := out.WriteTo(w)
	return err
}
