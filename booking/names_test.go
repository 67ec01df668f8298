package booking_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"tikaline/booking"
)

func TestNames(t *testing.T) {
	n := booking.Names{"en": "Patna", "hi": "पटना", "bn": ""}
	for lang, want := range map[string]string{"en": "Patna", "hi": "पटना", "bn": "Patna", "hi-Latn": "Patna", "ta": "Patna"} {
		if got := n.In(lang); got != want {
			t.Errorf("in %s it is %q, want %q", lang, got, want)
		}
	}
	if got := booking.Names(nil).In("en"); got != "" {
		t.Errorf("without names it is %q", got)
	}
}

func TestShort(t *testing.T) {
	for name, tt := range map[string]struct {
		in   string
		max  int
		want string
	}{
		"short enough stays":             {"PHC Danapur", 30, "PHC Danapur"},
		"exactly as long stays":          {"PHC Danapur", 11, "PHC Danapur"},
		"spaces are tidied":              {" PHC   Danapur ", 30, "PHC Danapur"},
		"cut at a word":                  {"Primary Health Centre Danapur", 22, "Primary Health Centre"},
		"cut where a word just ends":     {"Primary Health Centre Danapur", 21, "Primary Health Centre"},
		"comma goes with the word":       {"Primary Health, Danapur Block", 18, "Primary Health"},
		"one long word is cut":           {"Thiruvananthapuram", 8, "Thiruvan"},
		"first word too short to stand":  {"St Thiruvananthapuram", 10, "St Thiruva"},
		"Hindi counts letters not bytes": {"राजेन्द्र नगर सरकारी अस्पताल", 21, "राजेन्द्र नगर सरकारी"},
		"no vowel sign is cut off":       {"दिल्लीदिल्ली", 7, "दिल्ली"},
		"no conjunct is cut":             {"रामचन्द्रपुर", 7, "रामच"},
		"no Bengali conjunct is cut":     {"চক্রবর্তী", 6, "চক্রব"},
		"no room":                        {"Patna", 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := booking.Short(tt.in, tt.max); got != tt.want {
				t.Errorf("is %q, want %q", got, tt.want)
			}
		})
	}
	t.Run("is never longer and begins like the name", func(t *testing.T) {
		letters := rapid.StringOf(rapid.RuneFrom([]rune("abc de, -राजेन्द्र नगर ি্ক"), unicode.Devanagari, unicode.Bengali))
		rapid.Check(t, func(t *rapid.T) {
			name := letters.Draw(t, "name")
			max := rapid.IntRange(0, 40).Draw(t, "max")
			got := booking.Short(name, max)
			tidy := strings.Join(strings.Fields(name), " ")
			if utf8.RuneCountInString(got) > max || !strings.HasPrefix(tidy, got) {
				t.Fatalf("%q to %d is %q", name, max, got)
			}
			if rest := []rune(tidy[len(got):]); got != "" && len(rest) > 0 && unicode.IsMark(rest[0]) {
				t.Fatalf("%q to %d is %q: cut within a letter", name, max, got)
			}
			if again := booking.Short(got, max); again != got {
				t.Fatalf("%q to %d is %q, then %q", name, max, got, again)
			}
		})
	})
}

func TestStatus(t *testing.T) {
	may := map[booking.Status]string{ // from each, which may follow
		booking.Held:      "booked cancelled",
		booking.Booked:    "attended missed cancelled",
		booking.Attended:  "",
		booking.Missed:    "attended",
		booking.Cancelled: "",
	}
	if len(may) != len(booking.Statuses) {
		t.Fatalf("there are %v", booking.Statuses)
	}
	for _, from := range booking.Statuses {
		for _, to := range booking.Statuses {
			want := false
			for s := range strings.FieldsSeq(may[from]) {
				want = want || s == string(to)
			}
			if got := from.MayBecome(to); got != want {
				t.Errorf("%s to %s: %v, want %v", from, to, got, want)
			}
		}
		over := from == booking.Missed || from == booking.Cancelled
		if from.Holds() == over {
			t.Errorf("%s keeps a place from others: %v", from, from.Holds())
		}
	}
	for from, list := range booking.Follows {
		for _, to := range append(list, from) {
			if _, ok := may[to]; !ok {
				t.Errorf("%q is not among the statuses", to)
			}
		}
	}
}

func TestProblem(t *testing.T) {
	t.Run("each code is listed once", func(t *testing.T) {
		seen := make(map[booking.Code]bool)
		for _, c := range booking.Codes {
			if seen[c] || c == "" {
				t.Errorf("%q twice", c)
			}
			seen[c] = true
		}
	})
	t.Run("is found however deep", func(t *testing.T) {
		p := booking.Refuse(booking.NoCentre, "Pincode", "700091")
		if !booking.Refused(wrapped{p}, booking.NoCentre) || booking.Refused(p, booking.NoSlot) || booking.Refused(nil, booking.NoCentre) {
			t.Error("it is not")
		}
		if p.Args["Pincode"] != "700091" || strings.Contains(p.Error(), "700091") {
			t.Errorf("%v, %v", p.Args, p)
		}
	})
}

type wrapped struct{ error }

func (w wrapped) Unwrap() error { return w.error }
