package slip

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/uuid"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"tikaline/booking"
)

type atlas struct{}

func (atlas) Centre(id int64) (booking.Centre, bool) {
	return booking.Centre{
		ID: id, Name: "Sadar Hospital Gaya", Short: booking.Names{"en": "Sadar Hospital Gaya", "hi": "सदर अस्पताल गया"},
		Address: "Hospital Road", Pincode: "823001", District: 90, Fee: 250,
	}, true
}

func (atlas) District(id int) (booking.District, bool) {
	return booking.District{ID: id, Name: booking.Names{"en": "Gaya", "hi": "गया", "bn": "গয়া"}}, true
}

func person(name, ref string, list ...booking.Appointment) booking.Beneficiary {
	return booking.Beneficiary{
		Applicant: booking.Applicant{Name: name, BirthYear: 1958, PhotoID: "voter", IDLast4: "3B17"},
		Reference: ref, Appointments: list,
	}
}

func TestOf(t *testing.T) {
	c, _ := atlas{}.Centre(7)
	d, _ := atlas{}.District(90)
	b := person("Asha Devi", "47110815000017")
	for _, tt := range []struct {
		lang, wantLang, centre, board, district string
	}{
		{"en", "en", "Sadar Hospital Gaya", "", "Gaya"},
		{"hi", "hi", "सदर अस्पताल गया", "Sadar Hospital Gaya", "गया"},
		{"hi-Latn", "hi", "सदर अस्पताल गया", "Sadar Hospital Gaya", "गया"},
		{"bn", "bn", "Sadar Hospital Gaya", "", "গয়া"},
		{"", "en", "Sadar Hospital Gaya", "", "Gaya"},
		{"ta", "en", "Sadar Hospital Gaya", "", "Gaya"},
	} {
		t.Run(tt.lang, func(t *testing.T) {
			s := Of(tt.lang, b, booking.Appointment{Dose: 2, Vaccine: "COVAXIN"}, c, d)
			if s.Language != tt.wantLang || s.Centre != tt.centre || s.Board != tt.board || s.District != tt.district {
				t.Errorf("got %+v", s)
			}
			if s.Code != "0017" || s.Reference != b.Reference || s.Dose != 2 || s.Fee != 250 || s.Scan() != "TIKALINE:47110815000017:0017" {
				t.Errorf("got %+v", s)
			}
		})
	}
}

func TestParty(t *testing.T) {
	party := uuid.MustParse("0d9b6c1e-7f1a-4b54-9d40-5f6e2a1b3c11")
	alone := uuid.MustParse("77aa6c1e-7f1a-4b54-9d40-5f6e2a1b3c11")
	of := func(id, party uuid.UUID, s booking.Status) booking.Appointment {
		return booking.Appointment{ID: id, Party: party, Status: s, Dose: 1}
	}
	h := booking.Household{People: []booking.Beneficiary{
		person("A", "47110815000001", of(uuid.New(), party, booking.Booked)),
		person("B", "47110815000002", of(uuid.New(), party, booking.Cancelled)),
		person("C", "47110815000003", of(uuid.New(), party, booking.Attended)),
		person("D", "47110815000004", of(uuid.New(), party, booking.Booked)),
		person("E", "47110815000005", of(alone, alone, booking.Booked)),
	}}
	names := func(id uuid.UUID) string {
		var s string
		for _, slip := range Party("hi", h, id, atlas{}) {
			s += slip.Name
		}
		return s
	}
	if got := names(party); got != "AD" {
		t.Errorf("party: %s", got)
	}
	if got := names(alone); got != "E" {
		t.Errorf("alone: %s", got)
	}
	if got := names(uuid.New()); got != "" {
		t.Errorf("nobody's: %s", got)
	}
}

func TestCertificateOf(t *testing.T) {
	day := booking.NewDate(2021, time.April, 20)
	given := func(dose int, vaccine string) booking.Appointment {
		return booking.Appointment{Dose: dose, Vaccine: vaccine, Day: day + booking.Date(84*dose), Status: booking.Attended}
	}
	for name, tt := range map[string]struct {
		list         []booking.Appointment
		doses        int
		final, there bool
	}{
		"nothing_yet":     {nil, 0, false, false},
		"booked_only":     {[]booking.Appointment{{Dose: 1, Status: booking.Booked}}, 0, false, false},
		"first_dose":      {[]booking.Appointment{given(1, "COVISHIELD"), {Dose: 2, Status: booking.Booked}}, 1, false, true},
		"both":            {[]booking.Appointment{given(2, "COVISHIELD"), given(1, "COVISHIELD")}, 2, true, true},
		"precaution_dose": {[]booking.Appointment{given(1, "COVAXIN"), given(2, "COVAXIN"), given(3, "COVAXIN")}, 3, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			c, ok := CertificateOf("hi", booking.India2021(), person("Asha", "47110815000017", tt.list...), atlas{})
			if ok != tt.there || len(c.Doses) != tt.doses || c.Final != tt.final {
				t.Fatalf("%t %+v", ok, c)
			}
			for i, d := range c.Doses {
				if d.Dose != i+1 || d.Centre != "सदर अस्पताल गया" {
					t.Errorf("dose %d: %+v", i+1, d)
				}
			}
		})
	}
}

// textOf returns the text of a PDF as a reader copies it.
func textOf(t *testing.T, pdf []byte) string {
	t.Helper()
	var text []string
	for _, part := range bytes.Split(pdf, []byte("stream\n"))[1:] {
		z, err := zlib.NewReader(bytes.NewReader(part))
		if err != nil {
			continue // the end of one, or not compressed
		}
		content, _ := io.ReadAll(z)
		for _, m := range regexp.MustCompile(`/ActualText <FEFF([0-9A-F]*)>`).FindAllSubmatch(content, -1) {
			b, err := hex.DecodeString(string(m[1]))
			if err != nil {
				t.Fatal(err)
			}
			var units []uint16
			for i := 0; i < len(b); i += 2 {
				units = append(units, uint16(b[i])<<8|uint16(b[i+1]))
			}
			text = append(text, strings.TrimSpace(string(utf16.Decode(units))))
		}
	}
	return strings.Join(text, "\n")
}

func TestPDF(t *testing.T) {
	p := pressOf(t)
	for _, lang := range []string{"en", "hi", "bn"} {
		t.Run(lang, func(t *testing.T) {
			s := example(lang)
			var pdf, again bytes.Buffer
			if err := errors.Join(p.PDF(&pdf, s), p.PDF(&again, s)); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(pdf.Bytes(), again.Bytes()) {
				t.Error("the same slip is not the same bytes")
			}
			if pdf.Len() > 45<<10 {
				t.Errorf("it has %d bytes", pdf.Len())
			}
			if !bytes.Contains(pdf.Bytes(), []byte("/Lang ("+lang+")")) {
				t.Error("it does not say its language")
			}
			text := textOf(t, pdf.Bytes())
			for _, want := range []string{s.Name, s.Centre, s.Board, "4711 0815 0000 17", "0017", "2026", s.Vaccine, s.IDLast4, s.Pincode, s.District, "1075"} {
				if !strings.Contains(text, want) {
					t.Errorf("%q is not in it:\n%s", want, text)
				}
			}
		})
	}
	t.Run("a_page_for_each_of_a_party", func(t *testing.T) {
		var pdf bytes.Buffer
		if err := p.PDF(&pdf, example("hi"), example("bn"), example("en"), longest()); err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(pdf.Bytes(), []byte("/Type /Page\n")); n != 4 {
			t.Errorf("%d pages", n)
		}
		t.Logf("%d bytes", pdf.Len())
	})
	t.Run("nobody", func(t *testing.T) {
		if err := p.PDF(io.Discard); err == nil {
			t.Error("a slip of nobody")
		}
		if err := p.CertificatePDF(io.Discard, Certificate{Language: "en"}); err == nil {
			t.Error("a certificate of nothing")
		}
	})
	t.Run("everything_is_on_the_page", func(t *testing.T) {
		words, err := p.say(longest())
		if err != nil {
			t.Fatal(err)
		}
		c := newCanvas(p.fonts.Load(), "hi", "", time.Unix(0, 0))
		var last *column
		c.pdf.AddPage()
		col := c.fit(func(col *column) { last = col; c.lay(col, words) })
		if col != last || col.y > pageHeight-margin || col.scale == 1 {
			t.Errorf("it ends at %.0f of %.0f, scale %.2f", col.y, pageHeight, col.scale)
		}
	})
	t.Run("many_at_once", func(t *testing.T) {
		want := new(bytes.Buffer)
		if err := p.PDF(want, example("hi")); err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				var got bytes.Buffer
				if err := p.PDF(&got, example("hi")); err != nil || !bytes.Equal(got.Bytes(), want.Bytes()) {
					t.Errorf("%d bytes, %v", got.Len(), err)
				}
			})
		}
		all.Wait()
	})
}

// TestScan reads the code off the drawn page, as a centre's phone would.
func TestScan(t *testing.T) {
	p := pressOf(t)
	var pdf bytes.Buffer
	if err := p.PDF(&pdf, example("bn"), longest()); err != nil {
		t.Fatal(err)
	}
	for _, page := range render(t, pdf.Bytes(), 2) {
		bitmap, err := gozxing.NewBinaryBitmapFromImage(page)
		if err != nil {
			t.Fatal(err)
		}
		got, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
		if err != nil || got.GetText() != "TIKALINE:47110815000017:0017" {
			t.Errorf("got %v, %v", got, err)
		}
	}
}

func TestWithoutFonts(t *testing.T) {
	p := New(wordsOf(t), Options{})
	t.Setenv("PATH", t.TempDir())
	f, err := loadFonts(context.Background(), t.TempDir(), t.TempDir(), nil)
	if f != nil || !errors.Is(err, ErrNoFonts) {
		t.Errorf("got %v", err)
	}
	var out bytes.Buffer
	if err := p.PDF(&out, example("hi")); !errors.Is(err, ErrNoFonts) || out.Len() > 0 || p.Ready() {
		t.Errorf("got %v", err)
	}
	if err := p.CertificatePDF(&out, exampleCertificate("hi", true)); !errors.Is(err, ErrNoFonts) || out.Len() > 0 {
		t.Errorf("got %v", err)
	}
	if s, err := p.Sorry("bn-Latn"); err != nil || !strings.Contains(s, "PDF") {
		t.Errorf("got %q, %v", s, err)
	}
	if err := p.Page(&out, Links{PDF: "/slip.pdf"}, example("hi")); err != nil || strings.Contains(out.String(), "/slip.pdf") {
		t.Errorf("got %v, and a link to what is not there", err)
	}
}

// TestDebianFonts: where npm fails, the fonts of the system do.
func TestDebianFonts(t *testing.T) {
	loadedFonts(t)
	debian := t.TempDir()
	for h, candidates := range debianFonts {
		name := filepath.Join(debian, candidates[len(candidates)-1])
		b, err := os.ReadFile(filepath.Join(cache(), pinnedFonts[h].Name))
		if err := errors.Join(err, os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, b, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", t.TempDir())
	said := ""
	f, err := loadFonts(context.Background(), t.TempDir(), debian, func(s string) { said += s })
	if err != nil || !strings.Contains(said, "fonts of this system") {
		t.Fatalf("%v; %s", err, said)
	}
	p := New(wordsOf(t), Options{})
	p.fonts.Store(f)
	if err := p.PDF(io.Discard, example("bn")); err != nil {
		t.Error(err)
	}
}

func TestByGlyph(t *testing.T) {
	loadedFonts(t)
	file, err := os.ReadFile(filepath.Join(cache(), pinnedFonts[devanagari].Name))
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		file []byte
		want string
	}{
		"whole":        {file, ""},
		"empty":        {nil, "cut short"},
		"cut_short":    {file[:100], "cut short"},
		"no_such_font": {make([]byte, 64), "no maxp"},
		"no_tables":    {file[:12+16*int(file[5])], "cut short"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := byGlyph(tt.file)
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func BenchmarkPDF(b *testing.B) {
	p := pressOf(b)
	for b.Loop() {
		if err := p.PDF(io.Discard, example("hi")); err != nil {
			b.Fatal(err)
		}
	}
}
