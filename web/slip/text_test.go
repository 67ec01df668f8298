package slip

import (
	"strings"
	"testing"

	"github.com/go-text/typesetting/font"
)

// TestShape asks for glyphs, not for looks. Libraries that do not shape give
// one glyph for each letter, in the order of the letters.
func TestShape(t *testing.T) {
	set := newSetter(loadedFonts(t))
	cases := []struct {
		name, text string
		glyphs     int
		first      rune // whose own glyph must be first, or must not if it is negative
	}{
		{"latin", "ab", 2, 'a'},
		{"hi_letters", "कल", 2, 'क'},
		{"hi_kssa_is_one", "क्ष", 1, -'क'},
		{"hi_tra_is_one", "त्र", 1, -'त'},
		{"hi_pra_is_one", "प्र", 1, -'प'},
		{"hi_e_with_anusvara_is_one", "केंद्र", 3, 'क'},
		{"hi_i_stands_before", "कि", 2, -'क'},
		{"hi_i_before_a_conjunct", "क्षि", 2, -'क'},
		{"hi_reph_stands_after", "र्क", 2, 'क'},
		{"hi_half_letter", "स्व", 2, -'स'},
		{"hi_kept_apart_by_a_joiner", "क्\u200cष", 3, 'क'},
		{"bn_letters", "কল", 2, 'ক'},
		{"bn_kssa_is_one", "ক্ষ", 1, -'ক'},
		{"bn_tra_is_one", "ত্র", 1, -'ত'},
		{"bn_i_stands_before", "কি", 2, -'ক'},
		{"bn_e_stands_before", "কে", 2, -'ক'},
		{"bn_o_stands_around", "কো", 3, -'ক'},
		{"bn_reph_stands_after", "র্ক", 2, 'ক'},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var glyphs []font.GID
			var face *font.Face
			for _, run := range set.shape(c.text).runs {
				face = run.Face
				for _, g := range run.Glyphs {
					if g.Width == 0 && g.Advance == 0 {
						continue // the joiner
					}
					glyphs = append(glyphs, g.GlyphID)
				}
			}
			if len(glyphs) != c.glyphs {
				t.Fatalf("%d glyphs: %v", len(glyphs), glyphs)
			}
			want := c.first > 0
			own, ok := face.NominalGlyph(max(c.first, -c.first))
			if is := glyphs[0] == own; !ok || is != want {
				t.Errorf("%v begin with the letter's own glyph %d: %t", glyphs, own, is)
			}
			for _, g := range glyphs {
				if g == 0 {
					t.Error("a glyph is missing")
				}
			}
		})
	}
}

// TestFaces: every part of a line is in the font of its script.
func TestFaces(t *testing.T) {
	set := newSetter(loadedFonts(t))
	name := map[*font.Face]string{}
	for h, s := range []string{"latin", "devanagari", "bengali", "latin bold", "devanagari bold", "bengali bold"} {
		name[set.face[h]] = s
	}
	for _, c := range []struct {
		text string
		bold bool
		want string
	}{
		{"5 नवंबर", false, "latin,devanagari"},
		{"5 নভেম্বর (বৃহস্পতি)", true, "latin bold,bengali bold,latin bold,bengali bold,latin bold"},
		{"টিকা।", false, "bengali"},
		{"टीका।", false, "devanagari"},
		{"Asha আশা आशा", false, "latin,bengali,devanagari"},
	} {
		set.bold = c.bold
		var got []string
		for _, run := range set.shape(c.text).runs {
			if n := name[run.Face]; len(got) == 0 || got[len(got)-1] != n {
				got = append(got, n)
			}
		}
		if strings.Join(got, ",") != c.want {
			t.Errorf("%s: %v", c.text, got)
		}
	}
}

func TestCan(t *testing.T) {
	set := newSetter(loadedFonts(t))
	for name, want := range map[string]bool{
		"Asha D'Souza": true, "José Ñandú": true, "श्रीमती क्षमा": true, "লক্ষ্মী দেবী": true, "शर्\u200dमा": true,
		"முருகன்": false, "محمد": false, "ᱥᱟᱱᱛᱟᱲᱤ": false, "Asha 🙂": false,
	} {
		if got := set.can(name); got != want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestLines(t *testing.T) {
	set := newSetter(loadedFonts(t))
	st := style{size: 10}
	const long = "प्राथमिक स्वास्थ्य केंद्र फुलवारी शरीफ पटना"
	for _, c := range []struct {
		name, text string
		width      float64
		most       int
		want       string // of the lines, / between
	}{
		{"nothing", "", 100, 0, ""},
		{"fits", "फुलवारी", 100, 0, "फुलवारी"},
		{"wraps_at_words", long, 70, 0, "प्राथमिक स्वास्थ्य /केंद्र फुलवारी शरीफ /पटना"},
		{"cut_with_an_ellipsis", long, 70, 2, "प्राथमिक स्वास्थ्य /केंद्र फुलवारी शरी…"},
		{"a_word_is_broken_between_letters", "किकिकिकिकिकिकिकि", 30, 0, "किकि/किकि/किकि/किकि"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, l := range set.lines(c.text, st, c.width, c.most) {
				got = append(got, l.text)
				if w := l.ink * st.size; w > c.width+0.01 {
					t.Errorf("%q is %.1f wide", l.text, w)
				}
			}
			if s := strings.Join(got, "/"); strings.TrimSpace(s) != strings.TrimSpace(c.want) {
				t.Errorf("got %q", s)
			}
		})
	}
}

// FuzzLines: an address may hold anything. All of it is on the lines, whatever
// width they have.
func FuzzLines(f *testing.F) {
	f.Add("Ward 12, पंचायत भवन, রাস্তা", uint8(60))
	f.Add("शर्\u200dमा \u200c\u0301 محمد 🙂\n\tx", uint8(10))
	f.Add(strings.Repeat("क", 80), uint8(1))
	set := newSetter(loadedFonts(f))
	f.Fuzz(func(t *testing.T, text string, w uint8) {
		if len(text) > 500 {
			return
		}
		text = tidy(strings.ToValidUTF8(text, "?"))
		var all string
		for _, l := range set.lines(text, style{size: 9}, float64(w)+1, 0) {
			all += l.text
		}
		if all != text {
			t.Errorf("%q became %q", text, all)
		}
		if n := len(set.lines(text, style{size: 9}, float64(w)+1, 2)); n > 2 {
			t.Errorf("%d lines", n)
		}
	})
}
