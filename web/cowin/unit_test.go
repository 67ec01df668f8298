package cowin

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"tikaline/booking"
)

func TestFill(t *testing.T) {
	got := fill("{Vaccine} of {Nobody} on {Day}", map[string]any{"Vaccine": "{Vaccine}X", "Day": booking.NewDate(2021, time.May, 3)})
	if got != "{Vaccine}X of "+unsaid["Nobody"]+" on 03-05-2021" {
		t.Errorf("got %q", got)
	}
}

// TestRefusals holds that every reason of the core has an answer of this API,
// with a status that its clients understand and no value left open.
func TestRefusals(t *testing.T) {
	for _, code := range booking.Codes {
		r, ok := refusals[code]
		if !ok {
			t.Errorf("%s has no answer", code)
			continue
		}
		if r.Status < 400 || r.Status >= 500 || r.Code == "" || r.Text == "" {
			t.Errorf("%s: %+v", code, r)
		}
		if full := r.Status == http.StatusConflict; full != (code == booking.SlotFull || code == booking.TooLateChange) {
			t.Errorf("%s: 409 is for what is full or too late", code)
		}
		for _, dose := range []int{0, 1, 2} {
			if w := inWords(booking.Refuse(code), dose); strings.ContainsAny(w.Text, "{}") {
				t.Errorf("%s: %s", code, w.Text)
			}
		}
	}
	for code := range refusals {
		if !slices.Contains(booking.Codes, code) {
			t.Errorf("%s is no reason of the core", code)
		}
	}
	p := booking.Refuse(booking.DoseNotDue, "Day", booking.NewDate(2021, time.June, 26), "Reference", "17")
	if got := inWords(p, 2).Text; got != "The next dose of beneficiary 17 can be taken from 26-06-2021 onwards" {
		t.Error(got)
	}
	if got := inWords(booking.Refuse(booking.AlreadyBooked, "Reference", "17"), 2).Text; got != "An active second dose appointment already exists for 17" {
		t.Error(got)
	}
}

// TestSessionID reads back the content of an id, and takes no other id for one.
func TestSessionID(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := sessionKey{
			centre:  rapid.Int64Range(0, 1<<48-1).Draw(t, "centre"),
			day:     booking.Date(rapid.Int32Range(0, 1<<16-1).Draw(t, "day")),
			min:     rapid.IntRange(0, 255).Draw(t, "min"),
			max:     rapid.IntRange(0, 255).Draw(t, "max"),
			vaccine: rapid.Uint16().Draw(t, "vaccine"),
		}
		id := k.id()
		if id.Version() != 8 || id.Variant() != uuid.RFC4122 {
			t.Fatalf("%s is no uuid of version 8", id)
		}
		if got, ok := parseSession(id.String()); !ok || got != k {
			t.Fatalf("%s: got %+v, want %+v", id, got, k)
		}
		// Any single flipped bit is found.
		bit := rapid.IntRange(0, 127).Draw(t, "bit")
		id[bit/8] ^= 1 << (bit % 8)
		if _, ok := parseSession(id.String()); ok {
			t.Fatalf("%s with bit %d turned is taken", id, bit)
		}
	})
	for _, s := range []string{"", "x", uuid.NewString(), uuid.Nil.String(), "{" + sessionKey{}.id().String() + "}"} {
		if _, ok := parseSession(s); ok {
			t.Errorf("%q is taken", s)
		}
	}
}

func TestDates(t *testing.T) {
	// Every day, in every form that clients send, is read.
	rapid.Check(t, func(t *rapid.T) {
		day := booking.Date(rapid.Int32Range(10957, 40000).Draw(t, "day"))
		y, m, d := day.Civil()
		sep := rapid.SampledFrom([]string{"-", "/", "=", "+", "&", "$", " "}).Draw(t, "separator") + strings.Repeat(" ", rapid.IntRange(0, 5).Draw(t, "spaces"))
		year, form := fmt.Sprint(y), rapid.SampledFrom([]string{"%02d", "%d"}).Draw(t, "padding")
		if y < 2100 && rapid.Bool().Draw(t, "short year") {
			year = year[2:]
		}
		s := fmt.Sprintf(form, d) + sep + fmt.Sprintf(form, int(m)) + sep + year + rapid.SampledFrom([]string{"", "?_=1177", "/status/200", " "}).Draw(t, "tail")
		if got, ok := parseDate(s); !ok || got != day {
			t.Fatalf("%q is %s, want %s", s, got, day)
		}
		if got, ok := parseDate(dmy(day)); !ok || got != day {
			t.Fatalf("%s is %s", dmy(day), got)
		}
	})
	for _, s := range []string{"", "x", "1", "1-2", "0-1-2021", "32-1-2021", "29-02-2021", "1-13-2021", "1-1-123", "1-1-12345", "001-1-2021", "02052026"} {
		if got, ok := parseDate(s); ok {
			t.Errorf("%q is %s", s, got)
		}
	}
}

func FuzzDate(f *testing.F) {
	for _, s := range []string{"02-05-2026", "2=5=26", "99999999999999999999-1-1", "٠٢-٠٥-٢٠٢٦"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if day, ok := parseDate(s); ok {
			if again, ok := parseDate(dmy(day)); day.Year() > 99 && (!ok || again != day) {
				t.Errorf("%q is %s, and that %s", s, day, again)
			}
		}
	})
}

// FuzzBody holds that the worst answer to a body is a refusal, and that a text
// is read as one however it is written.
func FuzzBody(f *testing.F) {
	for _, s := range []string{`{"a":1,"b":["x",2]}`, `{"a":null,"b":"x"}`, `{"a":{},"b":[[]]}`, `{"a":1e999,"b":true}`, "\x00", `{"a":"\ud800"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var v struct {
			A text  `json:"a"`
			B texts `json:"b"`
		}
		if json.Unmarshal(raw, &v) != nil {
			return
		}
		if !utf8.ValidString(string(v.A)) || slices.Contains(v.B.strings(), "") {
			t.Errorf("%q is %q", raw, v)
		}
	})
}

func TestSlotText(t *testing.T) {
	for want, w := range map[string]booking.Window{
		"09:00AM-11:00AM": {From: 540, To: 660},
		"11:30AM-12:30PM": {From: 690, To: 750},
		"12:00PM-01:00PM": {From: 720, To: 780},
		"12:00AM-12:00AM": {From: 0, To: 1440},
	} {
		if got := slotText(w); got != want {
			t.Errorf("%v is %s, want %s", w, got, want)
		}
	}
}

func TestAadhaarNumber(t *testing.T) {
	for number, want := range map[string]bool{
		"999941057058": true, "9999 4105 7058": true, "234123412346": true, "7058": true, "XXXXXXXX7058": true, "xxxx-xxxx-7058": true,
		"999941057059": false, "123412341234": false, "123456789010": false, "99994105705": false, "9999410570588": false, "XXX97058": false, "ABCD": false,
	} {
		last4, err := booking.ParseIDLast4(number)
		if got := err == nil && aadhaarNumber(number, last4); got != want {
			t.Errorf("%s: %v", number, got)
		}
	}
	// Every wrong digit and every swap of neighbours is found.
	const good = "999941057058"
	for i := range good {
		for d := byte('0'); d <= '9'; d++ {
			if bad := good[:i] + string(d) + good[i+1:]; bad != good && verhoeff(bad) {
				t.Errorf("%s is taken", bad)
			}
		}
		if i > 0 && good[i] != good[i-1] {
			if bad := good[:i-1] + string(good[i]) + string(good[i-1]) + good[i+1:]; verhoeff(bad) {
				t.Errorf("%s is taken", bad)
			}
		}
	}
}

// TestCaptcha holds that a picture is valid for one answer, of its own token,
// for a time.
func TestCaptcha(t *testing.T) {
	now := time.Unix(1e9, 0)
	k := newCaptchas(func() time.Time { return now })
	mine, other := [16]byte{1}, [16]byte{2}
	for name, c := range map[string]struct {
		token  [16]byte
		answer string
		after  time.Duration
		want   bool
	}{
		"right":              {mine, "AB2CE", 0, true},
		"in small letters":   {mine, "ab2ce", 0, true},
		"wrong":              {mine, "AB2CF", 0, false},
		"nothing":            {mine, "", 0, false},
		"of another's token": {other, "AB2CE", 0, false},
		"too late":           {mine, "AB2CE", captchaLife, false},
	} {
		k.draw(mine, "ZZZZZ")
		k.draw(mine, "AB2CE")
		now = now.Add(c.after)
		if got := k.check(c.token, c.answer); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
		if c.token == mine && k.check(mine, "AB2CE") {
			t.Errorf("%s: and then taken again", name)
		}
	}
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for j := range 1000 {
				k.draw([16]byte{byte(i), byte(j), byte(j >> 8)}, "AB2CE")
			}
		})
	}
	wg.Wait()
}

var (
	glyphPath = regexp.MustCompile(`<path fill="#[0-9a-f]{6}" d="M(\d+\.\d+) [^"]*"/>`)
	noisePath = regexp.MustCompile(`<path d="M[^"]*" stroke="#[0-9a-f]{6}" fill="none"/>`)
)

// TestPicture holds captchas to the original's structure: a filled path for
// each glyph, whose first point is its position, and noise that is not filled.
// Every letter can be drawn, each in its own way.
func TestPicture(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range len(letters) {
		if strokes[letters[i]] == "" {
			t.Errorf("%c cannot be drawn", letters[i])
		}
		for j := range i {
			if strokes[letters[i]] == strokes[letters[j]] {
				t.Errorf("%c looks like %c", letters[i], letters[j])
			}
		}
	}
	for range 50 {
		svg := picture("ACE34", r)
		glyphs := glyphPath.FindAllStringSubmatch(svg, -1)
		if len(glyphs) != 5 || len(noisePath.FindAllString(svg, -1)) != 3 || !strings.HasSuffix(svg, "</svg>") {
			t.Fatalf("drawn: %s", svg)
		}
		var at []float64
		for _, g := range glyphs {
			var x float64
			fmt.Sscan(g[1], &x) //nolint:errcheck // the pattern has digits only
			at = append(at, x)
		}
		slices.Sort(at)
		for i := range at {
			if at[i] < 0 || at[i] > pictureWidth || i > 0 && at[i]-at[i-1] < 15 {
				t.Errorf("glyphs stand at %v", at)
			}
		}
	}
}
