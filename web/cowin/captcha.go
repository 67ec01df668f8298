package cowin

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	mrand "math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"tikaline/web/access"
)

// How long a picture is valid, and how many are kept at once.
const (
	captchaLife = 5 * time.Minute
	captchaMost = 100_000
	captchaLen  = 5
)

// captchas keeps the right answers by token: one picture for each, valid for
// one answer. Answers are kept as hashes.
type captchas struct {
	now func() time.Time
	mu  sync.Mutex
	by  map[[16]byte]drawn
}

type drawn struct {
	answer [sha256.Size]byte
	until  time.Time
}

func newCaptchas(now func() time.Time) *captchas {
	return &captchas{now: now, by: make(map[[16]byte]drawn)}
}

// draw keeps the answer of a new picture in place of the last one.
func (k *captchas) draw(token [16]byte, answer string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := k.now()
	if len(k.by) >= captchaMost {
		for t, d := range k.by {
			if d.until.Before(now) {
				delete(k.by, t)
			}
		}
		for t := range k.by { // none has expired: drop any, whose client then asks for another
			if len(k.by) < captchaMost {
				break
			}
			delete(k.by, t)
		}
	}
	k.by[token] = drawn{sumOf(answer), now.Add(captchaLife)}
}

// check reports whether an answer is right, and drops the picture either way.
func (k *captchas) check(token [16]byte, answer string) bool {
	k.mu.Lock()
	d, ok := k.by[token]
	delete(k.by, token)
	k.mu.Unlock()
	got := sumOf(answer)
	return subtle.ConstantTimeCompare(got[:], d.answer[:]) == 1 && ok && k.now().Before(d.until)
}

// sumOf returns the hash of an answer in upper case: in a picture, upper and
// lower case letters differ by their size only.
func sumOf(answer string) [sha256.Size]byte { return sha256.Sum256([]byte(strings.ToUpper(answer))) }

// getRecaptcha draws a captcha.
func (a *api) getRecaptcha(c echo.Context) error {
	var ignored struct{}
	if err := decode(c, &ignored); err != nil {
		return err
	}
	random := a.Rand
	if random == nil {
		random = rand.Reader
	}
	var seed [32]byte
	if _, err := io.ReadFull(random, seed[:]); err != nil {
		return fmt.Errorf("draw a captcha: %w", err)
	}
	answer, svg := captcha(seed)
	a.captchas.draw(access.ClaimsOf(c).ID, answer)
	body, err := encode(map[string]string{"captcha": svg})
	if err != nil {
		return err
	}
	// The original escaped it like this.
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, bytes.ReplaceAll(body, []byte("/"), []byte(`\/`)))
}

// captcha returns the captcha of a seed: its answer and its picture.
func captcha(seed [32]byte) (answer, svg string) {
	r := mrand.New(mrand.NewChaCha8(seed))
	b := make([]byte, captchaLen)
	for i := range b {
		b[i] = letters[r.IntN(len(letters))]
	}
	return string(b), picture(string(b), r)
}

// strokes are the letters of a captcha as lines between the points of a grid,
// three wide and five high, named row by row from a to o:
//
//	a b c
//	d e f
//	g h i
//	j k l
//	m n o
//
// None is easily taken for another: no 2 beside Z, no 0 beside O.
var strokes = map[byte]string{
	'3': "ac ch hl ln nm", '4': "bg gi co", '5': "ca ag gh hl ln nm", '6': "cb bg gm mo oi ig", '7': "ac cn",
	'A': "mb bo jl", 'C': "ca am mo", 'E': "ca am mo gh", 'F': "ca am gh", 'H': "am co gi", 'J': "cl ln nj",
	'K': "am cg go", 'L': "am mo", 'M': "ma ah hc co", 'N': "ma ao oc", 'P': "ma ac ci ig", 'R': "ma ac ci ig ho",
	'T': "ac bn", 'U': "am mo oc", 'V': "an nc", 'W': "am mh ho oc", 'X': "ao cm", 'Y': "ah hc hn", 'Z': "ac cm mo",
}

// letters are the keys of strokes.
const letters = "34567ACEFHJKLMNPRTUVWXYZ"

// The picture's size, as the original's.
const (
	pictureWidth  = 150
	pictureHeight = 50
)

// picture draws letters as the original did: a filled path for each, which
// begins with M and its position, and some lines of noise that are not filled.
func picture(answer string, r *mrand.Rand) string {
	var svg strings.Builder
	fmt.Fprintf(&svg, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0,0,%d,%d">`, pictureWidth, pictureHeight, pictureWidth, pictureHeight)
	colour := func() string {
		var b [4]byte
		binary.LittleEndian.PutUint32(b[:], r.Uint32())
		return fmt.Sprintf("#%02x%02x%02x", b[0]%128, b[1]%128, b[2]%128) // dark enough
	}
	// In random order: only the position shows which letter is the first.
	parts := make([]string, 0, len(answer)+3)
	for i := range len(answer) {
		x := 12 + 27*float64(i) + 6*r.Float64()
		parts = append(parts, fmt.Sprintf(`<path fill="%s" d="%s"/>`, colour(), glyph(answer[i], x, 10+8*r.Float64(), r)))
	}
	for range 3 {
		parts = append(parts, fmt.Sprintf(`<path d="M%.1f %.1f C%.1f %.1f %.1f %.1f %.1f %.1f" stroke="%s" fill="none"/>`,
			10*r.Float64(), 50*r.Float64(), 150*r.Float64(), 50*r.Float64(), 150*r.Float64(), 50*r.Float64(), 140+10*r.Float64(), 50*r.Float64(), colour()))
	}
	r.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
	svg.WriteString(strings.Join(parts, ""))
	svg.WriteString("</svg>")
	return svg.String()
}

// glyph returns the outline of a letter whose box begins at x, y: each stroke a
// bar, turned and stretched a little.
func glyph(letter byte, x, y float64, r *mrand.Rand) string {
	turn, width, height := (r.Float64()-0.5)*0.5, 6+2*r.Float64(), 6+r.Float64()
	sin, cos := math.Sincos(turn)
	at := func(point byte) (float64, float64) {
		px, py := float64((point-'a')%3)*width-width, float64((point-'a')/3)*height-2*height
		return x + width + px*cos - py*sin, y + 2*height + px*sin + py*cos
	}
	var d strings.Builder
	thick := 1.2 + 0.6*r.Float64()
	// The order of the letters is that of where their paths begin.
	fmt.Fprintf(&d, "M%.2f %.2f", x, y+2*height)
	for _, s := range strings.Fields(strokes[letter]) {
		x1, y1 := at(s[0])
		x2, y2 := at(s[1])
		n := math.Hypot(x2-x1, y2-y1)
		ux, uy := (x2-x1)/n*thick, (y2-y1)/n*thick
		fmt.Fprintf(&d, "M%.2f %.2fL%.2f %.2fL%.2f %.2fL%.2f %.2fZ",
			x1-ux-uy, y1-uy+ux, x2+ux-uy, y2+uy+ux, x2+ux+uy, y2+uy-ux, x1-ux+uy, y1-uy-ux)
	}
	return d.String()
}
