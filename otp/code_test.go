package otp

import (
	"bytes"
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
)

const someone = booking.MSISDN("+919000000001")

func mustKeys(t testing.TB, secrets ...string) Keys {
	t.Helper()
	k, err := NewKeys(secrets...)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

var first, second = strings.Repeat("first ", 6), strings.Repeat("second ", 6)

func TestKeys(t *testing.T) {
	for name, secrets := range map[string][]string{
		"none":     {},
		"empty":    {""},
		"short":    {first, strings.Repeat("x", secretMin-1)},
		"the_same": {first, first},
	} {
		if _, err := NewKeys(secrets...); err == nil {
			t.Errorf("%s: taken", name)
		} else if strings.Contains(err.Error(), "first") || strings.Contains(err.Error(), "xxx") {
			t.Errorf("%s: the error tells the secret: %v", name, err)
		}
	}
	k := mustKeys(t, first, second)
	if k.Current().ID != mustKeys(t, first).Current().ID || k.Current().ID == k.All()[1].ID {
		t.Errorf("ids %s, %s", k.Current().ID, k.All()[1].ID)
	}
	if bytes.Equal(k.Current().For("token"), k.Current().For("otp code")) {
		t.Error("one key for two purposes")
	}
}

// TestDigits_are_even has every digit at every place about as often: a tenth of
// 200,000 codes, within six times what chance explains.
func TestDigits_are_even(t *testing.T) {
	k := mustKeys(t, first).Current()
	const n = 200_000
	var seen [6][10]int
	for range n {
		code := digits(k, someone, uuid.New())
		if len(code) != 6 {
			t.Fatalf("%q", code)
		}
		for i := range code {
			seen[i][code[i]-'0']++
		}
	}
	const most = 6 * 134 // the square root of n·0.1·0.9
	for place, of := range seen {
		for digit, times := range of {
			if d := times - n/10; d > most || d < -most {
				t.Errorf("%d at place %d came %d times of %d", digit, place, times, n)
			}
		}
	}
}

// TestDigits_belong: another key, number or seed makes another code.
func TestDigits_belong(t *testing.T) {
	k := mustKeys(t, first, second)
	same := 0
	for range 200 {
		seed := uuid.New()
		code := digits(k.Current(), someone, seed)
		if code != digits(k.Current(), someone, seed) {
			t.Fatal("another code the second time")
		}
		for _, other := range []string{
			digits(k.All()[1], someone, seed), digits(k.Current(), someone+"2", seed), digits(k.Current(), someone, uuid.New()),
		} {
			if other == code {
				same++
			}
		}
	}
	if same > 2 { // 600 chances of one in a million
		t.Errorf("%d of 600 are the same", same)
	}
}

func TestTxn_leads_to_its_cell(t *testing.T) {
	for cell := range int16(booking.Cells) {
		var random [16]byte
		if _, err := rand.Read(random[:]); err != nil {
			t.Fatal(err)
		}
		u := newTxn(cell, random)
		if got, ok := cellOf(u); !ok || got != cell {
			t.Fatalf("%v of cell %d leads to %d, %v", u, cell, got, ok)
		}
		if again, err := uuid.Parse(u.String()); err != nil || again != u {
			t.Fatalf("%v, %v", again, err)
		}
	}
	for _, u := range []uuid.UUID{uuid.Nil, uuid.New(), uuid.Must(uuid.NewV7())} {
		if cell, ok := cellOf(u); ok {
			t.Errorf("%v leads to %d", u, cell)
		}
	}
}

// TestMatch_compares_all: whichever of the hashes it is, and under whichever key.
func TestMatch_compares_all(t *testing.T) {
	both := mustKeys(t, second, first)
	claim := Hash("459831")
	hashes := [][]byte{
		keyedHash(both.Current(), someone, Hash("459830")), keyedHash(both.All()[1], someone, claim), keyedHash(both.Current(), someone, Hash("111111")),
	}
	if got := both.match(someone, claim, hashes); got != 1 {
		t.Errorf("it is number %d", got)
	}
	if got := both.match(someone+"2", claim, hashes); got != -1 {
		t.Errorf("of another number it is %d", got)
	}
	if got := mustKeys(t, second).match(someone, claim, hashes); got != -1 {
		t.Errorf("without the old key it is %d", got)
	}
	if got := both.match(someone, claim, nil); got != -1 {
		t.Errorf("of none it is %d", got)
	}
}

// TestMatch_takes_as_long for a code that is right as for one that is not: there
// is no telling by time how near a guess was.
func TestMatch_takes_as_long(t *testing.T) {
	k := mustKeys(t, first, second)
	right := Hash("459831")
	hashes := [][]byte{keyedHash(k.Current(), someone, right), keyedHash(k.Current(), someone, Hash("111111"))}
	once := func(claim string) time.Duration {
		begun := time.Now()
		for range 200 {
			k.match(someone, claim, hashes)
		}
		return time.Since(begun)
	}
	// The least of many: whatever else the machine does.
	least := map[string]time.Duration{}
	for range 60 {
		for _, code := range []string{"459831", "459830", "000000"} {
			if d := once(Hash(code)); least[code] == 0 || d < least[code] {
				least[code] = d
			}
		}
	}
	for _, code := range []string{"459830", "000000"} {
		if ratio := float64(least[code]) / float64(least["459831"]); ratio < 0.67 || ratio > 1.5 {
			t.Errorf("a wrong code takes %.2f times as long as the right one", ratio)
		}
	}
}

func TestOpenSet_is_bounded(t *testing.T) {
	o := newOpenSet(3)
	now := time.Now()
	for _, n := range []booking.MSISDN{"+911", "+912", "+913", "+914"} {
		o.add(n, now.Add(time.Minute))
	}
	if o.has("+914", now) || !o.has("+913", now) {
		t.Error("not the first three")
	}
	if o.has("+911", now.Add(time.Minute)) {
		t.Error("there for longer than its time")
	}
	o.drop("+911")
	o.add("+914", now.Add(2*time.Minute))
	o.sweep(now.Add(time.Minute))
	if len(o.until) != 1 || !o.has("+914", now.Add(time.Minute)) {
		t.Errorf("left %v", o.until)
	}
}

func FuzzRead_of_a_notice(f *testing.F) {
	k := mustKeys(f, first)
	f.Add(notation(k.Current(), uuid.New(), time.Now()))
	f.Add(k.Current().ID + "." + uuid.NewString() + ".x")
	f.Add("")
	f.Add(".")
	f.Add(k.Current().ID + ".x")
	f.Fuzz(func(t *testing.T, s string) {
		key, seed, _, err := k.read(s)
		if err == nil && key.ID != k.Current().ID {
			t.Errorf("%q is made with %q, %v", s, key.ID, seed)
		}
	})
}
