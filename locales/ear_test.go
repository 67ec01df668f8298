package locales

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// eyeOnly are the groups of messages that are never said on the telephone.
var eyeOnly = []string{"footer", "notice"}

var (
	placeholder = regexp.MustCompile(`\{\{[^}]*\}\}`)
	longNumber  = regexp.MustCompile(`[0-9]{5,}`)
	latinWord   = regexp.MustCompile(`[A-Za-z]{2,}|[A-Z]`)
)

// TestEar holds the words for the ear to what a voice reads well. Everything
// that the dialogues say has words of its own there.
func TestEar(t *testing.T) {
	c, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{English, Hindi, Bengali} {
		t.Run(lang, func(t *testing.T) {
			ids := c.IDs(lang)
			for _, id := range ids {
				group, _, _ := strings.Cut(id, ".")
				switch {
				case group == "ussd", group == "sms", group == pages, slices.Contains(eyeOnly, group):
				case group == speech:
					for _, f := range c.message(lang, id).forms {
						for _, fault := range unheard(lang, placeholder.ReplaceAllString(strings.ReplaceAll(f.src, "}}{{", "}} {{"), "x")) {
							t.Errorf("%s: %s: %q", id, fault, f.src)
						}
					}
				case !slices.Contains(ids, "ivr."+id):
					t.Errorf("%s has no words for the ear", id)
				}
			}
		})
	}
}

// unheard lists what a voice would stumble over.
func unheard(lang, words string) (faults []string) {
	for _, sign := range []string{"(", ")", "/", "..", "…", "₹", "&", "\"", "*", "#", "_", "|", "\n", "  "} {
		if strings.Contains(words, sign) {
			faults = append(faults, "a voice does not say "+sign)
		}
	}
	if longNumber.MatchString(words) {
		faults = append(faults, "it is read as a number of lakhs")
	}
	if lang != English && latinWord.MatchString(words) {
		faults = append(faults, "a voice reads letters of its own script best")
	}
	for _, short := range []string{" km", "किमी", "কিমি", "ABC", "Rs", "govt"} {
		if strings.Contains(words, short) {
			faults = append(faults, "nobody says "+short)
		}
	}
	return faults
}

func TestUnheard(t *testing.T) {
	for words, want := range map[string]int{
		"पिन कोड दबाइए.": 0, "केंद्र (भर गया)": 2, "110001": 1, "SMS आएगा": 1, "3 किमी": 1, "12/4": 1,
	} {
		if got := unheard(Hindi, words); len(got) != want {
			t.Errorf("%s: %q", words, got)
		}
	}
}

func TestSpoken(t *testing.T) {
	for name, tt := range map[string]struct {
		lang, text string
		want       time.Duration // measured, of espeak-ng at 140
	}{
		"english":         {"en", "9 to hear it again, 0 to talk to us.", 3000 * time.Millisecond},
		"hindi":           {"hi", "अपने इलाके का छह अंकों का पिन कोड दबाइए.", 3100 * time.Millisecond},
		"bengali":         {"bn", "আপনার এলাকার ছয় সংখ্যার পিন কোড টিপুন।", 3500 * time.Millisecond},
		"as_its_native":   {"hi-Latn", "अपने इलाके का छह अंकों का पिन कोड दबाइए.", 3100 * time.Millisecond},
		"digits":          {"hi", "1 1 0, 0 0 1", 2500 * time.Millisecond},
		"nothing":         {"hi", " .", 0},
		"another_tongues": {"xx", "Which centre?", 1100 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			got := Spoken(tt.lang, tt.text)
			if off := got - tt.want; off > 600*time.Millisecond || off < -600*time.Millisecond {
				t.Errorf("reckoned %s, takes %s", got, tt.want)
			}
		})
	}
	if Spoken("en", "One. Two.") <= Spoken("en", "One Two.") {
		t.Error("no pause between sentences")
	}
	if Spoken("hi", "Venkata") != Spoken("en", "Venkata") {
		t.Error("a name in other letters takes the time of its own language")
	}
}
