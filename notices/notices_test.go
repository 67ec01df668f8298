package notices

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"tikaline/booking"
	"tikaline/dialog/walk"
	"tikaline/locales"
	"tikaline/sms"
)

// hardest is the values that make a notice longest in a language: of each kind
// of value the longest that are likely, all at once.
func hardest(lang string, words *locales.Catalogue, n booking.Notice, name string) booking.NoticeData {
	n.Data.Name = name
	if n.Data.Centre == 0 {
		return n.Data
	}
	longest := func(list []string) int {
		best := 0
		for i, s := range list {
			if len([]rune(s)) > len([]rune(list[best])) {
				best = i
			}
		}
		return best
	}
	day, window := func(d booking.Date) string {
		y, m, dd := d.Civil()
		return locales.FormatDate(lang, false, y, m, dd) + locales.FormatBrief(lang, y, m, dd, 540, 600)
	}, func(w booking.Window) string {
		y, m, dd := n.Data.Day.Civil()
		return locales.FormatWindow(lang, false, int(w.From), int(w.To)) + locales.FormatBrief(lang, y, m, dd, int(w.From), int(w.To))
	}
	var days []string
	first := booking.NewDate(2021, time.March, 1)
	for d := range booking.Date(730) {
		days = append(days, day(first+d))
	}
	var windows []booking.Window
	var said []string
	for from := int16(8 * 60); from < 19*60; from += 30 {
		for to := from + 30; to <= min(from+240, 19*60); to += 30 {
			windows = append(windows, booking.Window{From: from, To: to})
			said = append(said, window(windows[len(windows)-1]))
		}
	}
	var ids, idsSaid []string
	for _, id := range words.IDs(lang) {
		if key, ok := strings.CutPrefix(id, "sms.bring."); ok {
			text, _ := words.Text(lang, "sms", "bring."+key, nil)
			ids, idsSaid = append(ids, key), append(idsSaid, text)
		}
	}
	n.Data.Day = first + booking.Date(longest(days))
	n.Data.Window = windows[longest(said)]
	n.Data.PhotoID = ids[longest(idsSaid)]
	return n.Data
}

// TestNotice_cost holds every notice to what was promised, for the longest
// likely values at once: two segments in Hindi and Bengali, one in Latin
// letters. The centre, the time, the numbers and what to bring are said in full;
// only a name may be cut, and not below its first twelve letters.
func TestNotice_cost(t *testing.T) {
	t.Parallel()
	words, err := locales.Default()
	if err != nil {
		t.Fatal(err)
	}
	places := new(booking.Places)
	places.Replace(walk.Directory())
	cut := 0
	for _, lang := range locales.Languages {
		script := walk.Script("en")
		if locales.Script(lang) != "Latn" {
			script = walk.Script(lang)
		}
		for _, n := range walk.Notices() {
			for i := range 12 {
				values := Values(hardest(lang, words, n, walk.Name(script, i)), places)
				values["To"] = []string{"", "56161", "9811000001"}[i/4]
				text, err := Text(words, lang, n.Kind, values)
				if err != nil {
					t.Fatal(err)
				}
				units, gsm := locales.Cost(text)
				if got, most := locales.Segments(text), map[bool]int{true: 1, false: 2}[lang != "hi" && lang != "bn"]; got > most || most == 1 && !gsm {
					t.Errorf("%s in %s takes %d segments (%d units): %s", n.Kind, lang, got, units, text)
				}
				name, _ := values["Name"].(string) // a one-time password has none
				if name != walk.Name(script, i) && n.Data.Name != "" && strings.Contains(text, name) {
					cut++
					if utf8.RuneCountInString(name) < 7 || !strings.HasPrefix(walk.Name(script, i), name) {
						t.Errorf("%s in %s calls the person %q: %s", n.Kind, lang, name, text)
					}
				}
				if i == 0 {
					t.Logf("%s %s %d: %s", lang, n.Kind, units, text)
				}
				for _, jargon := range []string{" dial", "डायल", "ডায়াল"} {
					if strings.Contains(text, jargon) {
						t.Errorf("%s in %s is about dialling: %s", n.Kind, lang, text)
					}
				}
			}
		}
	}
	if cut == 0 {
		t.Error("no name was cut: these were not the longest values")
	}
}

// TestNotice_names cuts a name only where the text would cost more for it.
func TestNotice_names(t *testing.T) {
	t.Parallel()
	words, err := locales.Default()
	if err != nil {
		t.Fatal(err)
	}
	places := new(booking.Places)
	places.Replace(walk.Directory())
	data := booking.NoticeData{
		Name: "सत्यनारायण प्रसाद कुशवाहा", Reference: "12345678901234", PhotoID: "disability", Dose: 1,
		Centre: walk.Directory().Centres[0].ID, Day: booking.NewDate(2021, time.October, 26), Window: booking.Window{From: 690, To: 750},
	}
	for name, c := range map[string]struct {
		lang string
		name string
		id   string
		want string // the name, and what follows it
	}{
		"cut_at_a_word":   {"hi", "सत्यनारायण प्रसाद कुशवाहा", "disability", "सत्यनारायण: "},
		"short_is_whole":  {"hi", "आशा देवी", "disability", "आशा देवी: "},
		"other_letters":   {"en", "आशा देवी", "aadhaar", "आशा देवी is "}, // three segments whatever is cut
		"longest_english": {"en", "Bhubaneshwari Chakraborty", "driving", "Bhubaneshwari Chakraborty is "},
	} {
		t.Run(name, func(t *testing.T) {
			d := data
			d.Name, d.PhotoID = c.name, c.id
			text, err := Text(words, c.lang, booking.NoticeBooked, Values(d, places))
			if err != nil || !strings.HasPrefix(text, c.want) {
				t.Errorf("%v: %s", err, text)
			}
		})
	}
}

// TestNotice_comes_back: what somebody's phone sends back to us by itself is
// not taken for a booking.
func TestNotice_comes_back(t *testing.T) {
	t.Parallel()
	words, err := locales.Default()
	if err != nil {
		t.Fatal(err)
	}
	keywords, err := sms.LoadKeywords()
	if err != nil {
		t.Fatal(err)
	}
	places := new(booking.Places)
	places.Replace(walk.Directory())
	for _, lang := range locales.Languages {
		for _, n := range walk.Notices() {
			if n.Kind != booking.NoticeRegistered && n.Kind != booking.NoticeBooked {
				continue
			}
			text, err := Text(words, lang, n.Kind, Values(n.Data, places))
			if err != nil || !keywords.Machine(text) {
				t.Errorf("%s in %s is taken for somebody's own: %s %v", n.Kind, lang, text, err)
			}
		}
	}
}
