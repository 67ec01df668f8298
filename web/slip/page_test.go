package slip

import (
	"bytes"
	"encoding/xml"
	"image"
	"image/color"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

func page(t *testing.T, p *Press, to Links, slips ...Slip) string {
	t.Helper()
	var b bytes.Buffer
	if err := p.Page(&b, to, slips...); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestPage(t *testing.T) {
	p := pressOf(t)
	for _, lang := range []string{"en", "hi", "bn"} {
		t.Run(lang, func(t *testing.T) {
			s := example(lang)
			html := page(t, p, Links{PDF: "/x/slip.pdf", Back: "/x"}, s)
			for _, want := range []string{`<html lang="` + lang + `">`, s.Name, s.Centre, "4711 0815 0000 17", ">0017<", `datetime="2026-11-26"`, CSSPath, `href="/x/slip.pdf"`, `href="/x"`, "1075"} {
				if !strings.Contains(html, want) {
					t.Errorf("%q is not in it", want)
				}
			}
			for _, bad := range []string{"<script", "style=", "<style", "data:", "http://", "https://", "ZgotmplZ", "<no value>"} {
				if strings.Contains(html, bad) {
					t.Errorf("%q is in it", bad)
				}
			}
		})
	}
	t.Run("a_family_of_four_is_small", func(t *testing.T) {
		html := page(t, p, Links{}, example("hi"), longest(), longest(), longest())
		if len(html) > 24<<10 || strings.Count(html, "<article>") != 4 {
			t.Errorf("%d bytes", len(html))
		}
		if one := page(t, p, Links{}, longest()); len(one) > 8<<10 {
			t.Errorf("one has %d bytes", len(one))
		}
	})
	t.Run("what_was_typed_is_no_html", func(t *testing.T) {
		s := example("en")
		s.Name, s.Address = `<b>Asha`, `"><img src=x>`
		if html := page(t, p, Links{}, s); strings.Contains(html, "<b>Asha") || strings.Contains(html, "<img") {
			t.Error("it is")
		}
	})
	t.Run("a_name_that_is_only_recorded", func(t *testing.T) {
		s := example("hi")
		s.Name = ""
		if html := page(t, p, Links{}, s); !strings.Contains(html, `class="hand">नाम:`) {
			t.Error("there is no room to write it")
		}
	})
	t.Run("well_formed", func(t *testing.T) {
		html := page(t, p, Links{PDF: "/a"}, example("bn"), example("hi"))
		d := xml.NewDecoder(strings.NewReader(html))
		d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
		depth := 0
		for {
			tok, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			switch tok.(type) {
			case xml.StartElement:
				depth++
			case xml.EndElement:
				depth--
			}
		}
		if depth != 0 {
			t.Errorf("%d elements are not closed", depth)
		}
	})
}

// TestPage_scan draws the page's SVG and reads it.
func TestPage_scan(t *testing.T) {
	html := page(t, pressOf(t), Links{}, example("hi"))
	size, err := strconv.Atoi(regexp.MustCompile(`viewBox="0 0 (\d+) `).FindStringSubmatch(html)[1])
	if err != nil {
		t.Fatal(err)
	}
	const module = 6
	img := image.NewGray(image.Rect(0, 0, size*module, size*module))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	bars := regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1H(\d+)z`).FindAllStringSubmatch(html, -1)
	for _, b := range bars {
		var v [4]int
		for i := range v {
			v[i], _ = strconv.Atoi(b[i+1])
		}
		if v[0] != v[3] {
			t.Fatalf("%s ends elsewhere", b[0])
		}
		for y := v[1] * module; y < (v[1]+1)*module; y++ {
			for x := v[0] * module; x < (v[0]+v[2])*module; x++ {
				img.SetGray(x, y, color.Gray{})
			}
		}
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		t.Fatal(err)
	}
	got, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
	if err != nil || got.GetText() != "TIKALINE:47110815000017:0017" {
		t.Errorf("got %v, %v", got, err)
	}
}
