package slip

import (
	"bytes"
	"flag"
	"image"
	"image/color"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tikaline/booking"
)

var update = flag.Bool("update", false, "write what is drawn now as what is expected; look at it")

// example returns a slip with everything on it.
func example(lang string) Slip {
	s := Slip{
		Language: lang, Name: "Asha Devi", Reference: "47110815000017", Code: "0017", PhotoID: "voter", IDLast4: "3B17",
		Dose: 1, Vaccine: "COVISHIELD",
		Centre: "PHC Phulwari", Board: "Primary Health Centre Phulwari Sharif", Address: "Station Road, near the old post office", Pincode: "801505", District: "Patna",
		Day: booking.NewDate(2026, time.November, 26), Window: booking.Window{From: 10 * 60, To: 11 * 60},
		BookedAt: time.Date(2026, time.November, 21, 4, 30, 0, 0, time.UTC),
	}
	switch lang {
	case "hi":
		s.Name, s.Centre, s.District, s.Certificate = "श्रीमती क्षमा त्रिपाठी", "प्राथमिक स्वास्थ्य केंद्र फुलवारी", "पटना", true
	case "bn":
		s.Name, s.Centre, s.District = "লক্ষ্মী চক্রবর্তী", "কৃষ্ণনগর জেলা হাসপাতাল", "নদিয়া"
		s.Board, s.Address, s.Pincode = "Krishnanagar District Hospital", "Hospital Road", "741101"
		s.Dose, s.Fee = 2, 1200
	}
	return s
}

// longest has all the room a slip can be asked for.
func longest() Slip {
	s := example("hi")
	s.Name = "श्रीमती राजराजेश्वरी विश्वेश्वरैया चट्टोपाध्याय मुखोपाध्याय"
	s.Centre = "मुख्य चिकित्सा एवं स्वास्थ्य अधिकारी कार्यालय, सामुदायिक स्वास्थ्य केंद्र, उत्तरी चंपारण प्रखंड"
	s.Board = "Office of the Chief Medical and Health Officer, Community Health Centre, North Champaran Block (Temporary Site)"
	s.Address = strings.Repeat("Ward 12, Panchayat Bhawan Road, behind the Government Girls' Higher Secondary School, ", 3)
	s.PhotoID, s.Fee = "disability", 900
	return s
}

func exampleCertificate(lang string, final bool) Certificate {
	s := example(lang)
	c := Certificate{
		Language: lang, Name: s.Name, Reference: s.Reference, BirthYear: 1958, PhotoID: s.PhotoID, IDLast4: s.IDLast4, Final: final,
		Doses: []Given{{Dose: 1, Vaccine: "COVISHIELD", Day: booking.NewDate(2026, time.August, 20), Centre: s.Centre, Board: s.Board, District: s.District}},
	}
	if final {
		second := c.Doses[0]
		second.Dose, second.Day = 2, s.Day
		c.Doses = append(c.Doses, second)
	}
	return c
}

// TestGolden draws each PDF and holds it against a picture that was looked at;
// doc.go says what for.
func TestGolden(t *testing.T) {
	unreadable := example("en")
	unreadable.Name = "முருகன்" // there is no font for Tamil
	cases := []struct {
		name string
		pdf  func(*Press, io.Writer) error
	}{
		{"slip-en", func(p *Press, w io.Writer) error { return p.PDF(w, example("en")) }},
		{"slip-hi", func(p *Press, w io.Writer) error { return p.PDF(w, example("hi")) }},
		{"slip-bn", func(p *Press, w io.Writer) error { return p.PDF(w, example("bn")) }},
		{"slip-longest", func(p *Press, w io.Writer) error { return p.PDF(w, longest()) }},
		{"slip-by-hand", func(p *Press, w io.Writer) error { return p.PDF(w, unreadable) }},
		{"certificate-hi", func(p *Press, w io.Writer) error { return p.CertificatePDF(w, exampleCertificate("hi", false)) }},
		{"certificate-bn", func(p *Press, w io.Writer) error { return p.CertificatePDF(w, exampleCertificate("bn", true)) }},
	}
	p := pressOf(t)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var pdf bytes.Buffer
			if err := c.pdf(p, &pdf); err != nil {
				t.Fatal(err)
			}
			pages := render(t, pdf.Bytes(), 2)
			if len(pages) != 1 {
				t.Fatalf("%d pages", len(pages))
			}
			file := filepath.Join("testdata", c.name+".png")
			if *update {
				if os.Getenv("CI") != "" {
					t.Fatal("-update is for a person who looks at the pictures, not for CI")
				}
				keep(t, file, pages[0])
			}
			if x, y, ok := differ(pages[0], open(t, file)); ok {
				now := filepath.Join(t.ArtifactDir(), c.name+".png")
				keep(t, now, pages[0])
				t.Errorf("it does not look like %s at %d,%d; go test -artifacts keeps %s", file, x, y, now)
			}
		})
	}
}

// TestDiffer: the comparison sees one vowel sign that is somewhere else.
func TestDiffer(t *testing.T) {
	p := pressOf(t)
	golden := open(t, filepath.Join("testdata", "slip-hi.png"))
	for name, change := range map[string]func(*Slip){
		"a_vowel_sign": func(s *Slip) { s.District = "पटन" },
		"a_conjunct":   func(s *Slip) { s.Name = strings.Replace(s.Name, "क्ष", "क्\u200cष", 1) },
		"a_digit":      func(s *Slip) { s.Reference = "47110815000011" },
	} {
		t.Run(name, func(t *testing.T) {
			s := example("hi")
			change(&s)
			var pdf bytes.Buffer
			if err := p.PDF(&pdf, s); err != nil {
				t.Fatal(err)
			}
			if _, _, ok := differ(render(t, pdf.Bytes(), 2)[0], golden); !ok {
				t.Error("it looks the same")
			}
		})
	}
}

// differ finds a block of 8 pixels by 8 whose mean shade differs by more than
// an eighth: less is another processor's rounding, more is another letter.
func differ(a, b image.Image) (x, y int, ok bool) {
	const side, tolerance = 8, 255 / 8
	if a.Bounds() != b.Bounds() {
		return 0, 0, true
	}
	shade := func(m image.Image, x, y int) int { return int(color.GrayModel.Convert(m.At(x, y)).(color.Gray).Y) }
	r := a.Bounds()
	for y := r.Min.Y; y < r.Max.Y; y += side {
		for x := r.Min.X; x < r.Max.X; x += side {
			sum, n := 0, 0
			for v := y; v < min(y+side, r.Max.Y); v++ {
				for u := x; u < min(x+side, r.Max.X); u++ {
					sum += max(shade(a, u, v)-shade(b, u, v), shade(b, u, v)-shade(a, u, v))
					n++
				}
			}
			if sum > tolerance*n {
				return x, y, true
			}
		}
	}
	return 0, 0, false
}

// keep writes a picture in sixteen shades, which is small and plenty.
func keep(t *testing.T, file string, img image.Image) {
	t.Helper()
	shades := make(color.Palette, 16)
	for i := range shades {
		shades[i] = color.Gray{uint8(i * 17)}
	}
	small := image.NewPaletted(img.Bounds(), shades)
	for y := img.Bounds().Min.Y; y < img.Bounds().Max.Y; y++ {
		for x := img.Bounds().Min.X; x < img.Bounds().Max.X; x++ {
			small.Set(x, y, img.At(x, y))
		}
	}
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, small); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, file string) image.Image {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return img
}
