package slip

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/language"

	"tikaline/pinned"
)

// ErrNoFonts means that there are no fonts to make a PDF with. The page needs
// none: a browser has its own.
var ErrNoFonts = errors.New("there are no fonts for Latin, Devanagari and Bengali letters: install npm, or Debian's fonts-noto-core")

// A hand is a script together with a weight: what one font file has.
type hand int

const (
	latin hand = iota
	devanagari
	bengali
	scripts = 3 // the same again, in bold
)

// The fonts are Noto Sans, under the Open Font License. Each file is whole,
// with the tables that shaping needs; the webfont packages have parts of them.
var pinnedFonts = [2 * scripts]pinned.File{
	noto("@expo-google-fonts/noto-sans@0.4.2", "NotoSans", "400Regular", "fe8c022f48d8dd29f17b744d16f9346f4357e16f7d4f7be58b000ae7c291b614"),
	noto("@expo-google-fonts/noto-sans-devanagari@0.4.1", "NotoSansDevanagari", "400Regular", "084a94d89eb54aafb93a056e15425c34fd859f6342875165d304837b3bcfc2d2"),
	noto("@expo-google-fonts/noto-sans-bengali@0.4.4", "NotoSansBengali", "400Regular", "6826d9667972f0f96e48c46f7a24e70afe97205032e6295cfb1f13fbbb8b90a3"),
	noto("@expo-google-fonts/noto-sans@0.4.2", "NotoSans", "700Bold", "13a813c49624ae3ba3c5c6e72c5ebffc4b9e1e6ea32f421c04069b037c6ad431"),
	noto("@expo-google-fonts/noto-sans-devanagari@0.4.1", "NotoSansDevanagari", "700Bold", "67f1ec9e2ac30b261090e32953b2df0adf6c942ab26ac47efb490fa7315bddab"),
	noto("@expo-google-fonts/noto-sans-bengali@0.4.4", "NotoSansBengali", "700Bold", "3a44a4cf2c4f79c3ead8f52dffd5b3a66f0b2483792d66bad81e1a51e888bfd6"),
}

func noto(spec, family, weight, sum string) pinned.File {
	file := family + "_" + weight + ".ttf"
	return pinned.File{Package: spec, Path: weight + "/" + file, SHA256: sum, Name: file}
}

// Where Debian puts fonts that will do, the better one first. Lohit has no bold.
var debianFonts = [2 * scripts][]string{
	{"noto/NotoSans-Regular.ttf", "dejavu/DejaVuSans.ttf"},
	{"noto/NotoSansDevanagari-Regular.ttf", "lohit-devanagari/Lohit-Devanagari.ttf"},
	{"noto/NotoSansBengali-Regular.ttf", "lohit-bengali/Lohit-Bengali.ttf"},
	{"noto/NotoSans-Bold.ttf", "dejavu/DejaVuSans-Bold.ttf", "dejavu/DejaVuSans.ttf"},
	{"noto/NotoSansDevanagari-Bold.ttf", "lohit-devanagari/Lohit-Devanagari.ttf"},
	{"noto/NotoSansBengali-Bold.ttf", "lohit-bengali/Lohit-Bengali.ttf"},
}

const debianDir = "/usr/share/fonts/truetype"

// fonts are the parsed files. They are only read, by any number at once.
type fonts struct {
	parsed  [2 * scripts]*font.Font
	byGlyph [2 * scripts][]byte // the same files for fpdf
}

// loadFonts takes the pinned fonts from dir or fetches them into it; without
// them Debian's own do.
func loadFonts(ctx context.Context, dir, debian string, say func(string)) (*fonts, error) {
	files, err := pinned.Fetcher{Dir: dir, Say: say}.Get(ctx, pinnedFonts[:]...)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		own, missing := readDebian(debian)
		if missing != nil {
			return nil, fmt.Errorf("%w: %w; %w", ErrNoFonts, err, missing)
		}
		if say != nil {
			say("making slips with the fonts of this system: " + err.Error())
		}
		files = own
	}
	var all fonts
	for i, b := range files {
		face, err := font.ParseTTF(bytes.NewReader(b))
		if err != nil {
			return nil, fmt.Errorf("read font %s: %w", pinnedFonts[i].Name, err)
		}
		all.parsed[i] = face.Font
		if all.byGlyph[i], err = byGlyph(b); err != nil {
			return nil, fmt.Errorf("read font %s: %w", pinnedFonts[i].Name, err)
		}
	}
	return &all, nil
}

func readDebian(dir string) ([][]byte, error) {
	var files [][]byte
	for _, candidates := range debianFonts {
		var b []byte
		var err error
		for _, name := range candidates {
			if b, err = os.ReadFile(filepath.Join(dir, name)); err == nil {
				break
			}
		}
		if err != nil {
			return nil, err
		}
		files = append(files, b)
	}
	return files, nil
}

// faces are the fonts for one job: a Face keeps notes, so two goroutines may
// not share one. They choose the hand of each letter.
type faces struct {
	face   [2 * scripts]*font.Face
	bold   bool
	script language.Script // of the run, which says whose a danda is
}

func newFaces(f *fonts) *faces {
	s := new(faces)
	for i := range f.parsed {
		s.face[i] = font.NewFace(f.parsed[i])
	}
	return s
}

// SetScript sets the script of the next runes.
func (s *faces) SetScript(script language.Script) { s.script = script }

// ResolveFace returns the font for a letter: that of its own script, and Latin
// for digits and signs that every script uses. The danda is in the block of
// Devanagari and Bengali's too.
func (s *faces) ResolveFace(r rune) *font.Face {
	h := latin
	switch {
	case s.script == language.Bengali && (r == '।' || r == '॥'):
		h = bengali
	case r >= 0x0900 && r <= 0x097f:
		h = devanagari
	case r >= 0x0980 && r <= 0x09ff:
		h = bengali
	case r == 0x25cc || r == 0x200c || r == 0x200d: // they belong to the letter beside them
		switch s.script {
		case language.Devanagari:
			h = devanagari
		case language.Bengali:
			h = bengali
		}
	}
	return s.of(h)
}

func (s *faces) of(h hand) *font.Face {
	if s.bold {
		h += scripts
	}
	return s.face[h]
}

// can reports whether there is a letter for every rune of a text, in bold too.
func (s *faces) can(text string) bool {
	s.bold, s.script = true, 0
	for _, r := range text {
		if r == ' ' || r == 0x200c || r == 0x200d {
			continue
		}
		if _, ok := s.ResolveFace(r).NominalGlyph(r); !ok {
			return false
		}
	}
	return true
}
