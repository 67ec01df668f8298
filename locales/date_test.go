package locales

import (
	"strings"
	"testing"
	"time"

	pg "github.com/go-playground/locales"
	"github.com/go-playground/locales/bn"
	"github.com/go-playground/locales/hi"
	"golang.org/x/text/unicode/norm"
)

// TestFormat is the page for a native reader: every kind of date and time, in
// every language, on a screen and | for the ear.
func TestFormat(t *testing.T) {
	date := func(y, m, d int) func(string, bool) string {
		return func(lang string, long bool) string { return FormatDate(lang, long, y, time.Month(m), d) }
	}
	clock := func(minute int) func(string, bool) string {
		return func(lang string, long bool) string { return FormatClock(lang, long, minute) }
	}
	window := func(from, to int) func(string, bool) string {
		return func(lang string, long bool) string { return FormatWindow(lang, long, from, to) }
	}
	for name, tt := range map[string]struct {
		say  func(lang string, long bool) string
		want [5]string // en hi bn hi-Latn bn-Latn
	}{
		"thursday": {date(2026, 11, 5), [5]string{
			"5 Nov (Thu) | Thursday, 5 November",
			"5 नवंबर (गुरु) | गुरुवार, 5 नवंबर",
			"5 নভেম্বর (বৃহস্পতি) | বৃহস্পতিবার, 5 নভেম্বর",
			"5 Nov (Guru) | Guruvaar, 5 November",
			"5 Nov (Brihaspati) | Brihaspatibar, 5 November"}},
		"sunday_leap_day": {date(2032, 2, 29), [5]string{
			"29 Feb (Sun) | Sunday, 29 February",
			"29 फरवरी (रवि) | रविवार, 29 फरवरी",
			"29 ফেব্রুয়ারি (রবি) | রবিবার, 29 ফেব্রুয়ারি",
			"29 Feb (Ravi) | Ravivaar, 29 February",
			"29 Feb (Robi) | Robibar, 29 February"}},
		"monday_first_of_march": {date(2021, 3, 1), [5]string{
			"1 Mar (Mon) | Monday, 1 March",
			"1 मार्च (सोम) | सोमवार, 1 मार्च",
			"1 মার্চ (সোম) | সোমবার, 1 মার্চ",
			"1 Mar (Som) | Somvaar, 1 March",
			"1 Mar (Som) | Sombar, 1 March"}},
		"window_in_the_morning": {window(600, 660), [5]string{
			"10-11 am | 10 to 11 in the morning",
			"सुबह 10-11 | सुबह 10 से 11 बजे",
			"সকাল 10-11 | সকাল দশটা থেকে এগারোটা",
			"subah 10-11 | subah 10 se 11 baje",
			"sokal 10-11 | sokal 10ta theke 11ta"}},
		"window_over_noon": {window(690, 750), [5]string{
			"11:30 am-12:30 pm | 11 30 in the morning to 12 30",
			"सुबह 11:30-दोपहर 12:30 | सुबह साढ़े 11 से साढ़े 12 बजे",
			"সকাল 11:30-দুপুর 12:30 | সকাল সাড়ে এগারোটা থেকে সাড়ে বারোটা",
			"subah 11:30-dopahar 12:30 | subah saadhe 11 se saadhe 12 baje",
			"sokal 11:30-dupur 12:30 | sokal share 11ta theke share 12ta"}},
		"window_to_noon": {window(660, 720), [5]string{
			"11 am-12 noon | 11 to 12 noon",
			"सुबह 11-दोपहर 12 | सुबह 11 से 12 बजे",
			"সকাল 11-দুপুর 12 | সকাল এগারোটা থেকে বারোটা",
			"subah 11-dopahar 12 | subah 11 se 12 baje",
			"sokal 11-dupur 12 | sokal 11ta theke 12ta"}},
		"window_from_noon": {window(720, 780), [5]string{
			"12-1 pm | 12 to 1 in the afternoon",
			"दोपहर 12-1 | दोपहर 12 से 1 बजे",
			"দুপুর 12-1 | দুপুর বারোটা থেকে একটা",
			"dopahar 12-1 | dopahar 12 se 1 baje",
			"dupur 12-1 | dupur 12ta theke 1ta"}},
		"window_into_the_evening": {window(930, 1080), [5]string{
			"3:30-6 pm | 3 30 to 6 in the evening",
			"दोपहर 3:30-शाम 6 | दोपहर साढ़े 3 से 6 बजे",
			"দুপুর 3:30-সন্ধ্যা 6 | দুপুর সাড়ে তিনটে থেকে ছটা",
			"dopahar 3:30-shaam 6 | dopahar saadhe 3 se 6 baje",
			"dupur 3:30-sondhya 6 | dupur share 3ta theke 6ta"}},
		"window_in_odd_minutes": {window(580, 605), [5]string{
			"9:40-10:05 am | 9 40 to 5 past 10 in the morning",
			"सुबह 9:40-10:05 | सुबह 9 बजकर 40 मिनट से 10 बजकर 5 मिनट",
			"সকাল 9:40-10:05 | সকাল নটা বেজে 40 মিনিট থেকে দশটা বেজে 5 মিনিট",
			"subah 9:40-10:05 | subah 9 bajkar 40 minute se 10 bajkar 5 minute",
			"sokal 9:40-10:05 | sokal 9ta beje 40 minute theke 10ta beje 5 minute"}},
		"window_to_midnight": {window(1380, 1440), [5]string{
			"11 pm-12 midnight | 11 to 12 midnight",
			"रात 11-12 | रात 11 से 12 बजे",
			"রাত 11-12 | রাত এগারোটা থেকে বারোটা",
			"raat 11-12 | raat 11 se 12 baje",
			"raat 11-12 | raat 11ta theke 12ta"}},
		"full_hour": {clock(540), [5]string{
			"9 am | 9 in the morning",
			"सुबह 9 बजे | सुबह 9 बजे",
			"সকাল 9টা | সকাল নটা",
			"subah 9 baje | subah 9 baje",
			"sokal 9ta | sokal 9ta"}},
		"half_past_one": {clock(810), [5]string{
			"1:30 pm | 1 30 in the afternoon",
			"दोपहर 1:30 बजे | दोपहर डेढ़ बजे",
			"দুপুর 1:30 | দুপুর দেড়টা",
			"dopahar 1:30 baje | dopahar dedh baje",
			"dupur 1:30 | dupur derta"}},
		"half_past_two": {clock(870), [5]string{
			"2:30 pm | 2 30 in the afternoon",
			"दोपहर 2:30 बजे | दोपहर ढाई बजे",
			"দুপুর 2:30 | দুপুর আড়াইটে",
			"dopahar 2:30 baje | dopahar dhaai baje",
			"dupur 2:30 | dupur araita"}},
		"quarter_past": {clock(1035), [5]string{
			"5:15 pm | 5 15 in the evening",
			"शाम 5:15 बजे | शाम सवा 5 बजे",
			"বিকেল 5:15 | বিকেল সওয়া পাঁচটা",
			"shaam 5:15 baje | shaam sava 5 baje",
			"bikel 5:15 | bikel sowa 5ta"}},
		"quarter_to_one": {clock(765), [5]string{
			"12:45 pm | 12 45 in the afternoon",
			"दोपहर 12:45 बजे | दोपहर पौने 1 बजे",
			"দুপুর 12:45 | দুপুর পৌনে একটা",
			"dopahar 12:45 baje | dopahar paune 1 baje",
			"dupur 12:45 | dupur poune 1ta"}},
		"noon": {clock(720), [5]string{
			"12 noon | 12 noon",
			"दोपहर 12 बजे | दोपहर 12 बजे",
			"দুপুর 12টা | দুপুর বারোটা",
			"dopahar 12 baje | dopahar 12 baje",
			"dupur 12ta | dupur 12ta"}},
		"night": {clock(1230), [5]string{
			"8:30 pm | 8 30 at night",
			"रात 8:30 बजे | रात साढ़े 8 बजे",
			"রাত 8:30 | রাত সাড়ে আটটা",
			"raat 8:30 baje | raat saadhe 8 baje",
			"raat 8:30 | raat share 8ta"}},
		"midnight": {clock(0), [5]string{
			"12 midnight | 12 midnight",
			"रात 12 बजे | रात 12 बजे",
			"রাত 12টা | রাত বারোটা",
			"raat 12 baje | raat 12 baje",
			"raat 12ta | raat 12ta"}},
	} {
		t.Run(name, func(t *testing.T) {
			for i, lang := range Languages {
				if got, want := tt.say(lang, false)+" | "+tt.say(lang, true), norm.NFC.String(tt.want[i]); got != want {
					t.Errorf("%s:\n got %s\nwant %s", lang, got, want)
				}
			}
		})
	}
}

// TestFormat_any_minute looks at what a table cannot list.
func TestFormat_any_minute(t *testing.T) {
	for _, lang := range Languages {
		for minute := range dayMinutes + 1 {
			for _, long := range []bool{false, true} {
				s := FormatClock(lang, long, minute) + FormatWindow(lang, long, minute, min(minute+45, dayMinutes))
				if _, gsm := Cost(s); gsm != (Script(lang) == "Latn") {
					t.Fatalf("%s at %d: %q is not in the alphabet of its language", lang, minute, s)
				}
				if strings.Contains(s, "  ") || strings.TrimSpace(s) != s || !norm.NFC.IsNormalString(s) {
					t.Fatalf("%s at %d: %q", lang, minute, s)
				}
			}
		}
	}
	if FormatClock("en", false, -30) != "11:30 pm" || FormatClock("en", false, 1500) != "1 am" {
		t.Error("a minute outside the day is not brought back into it")
	}
	if got := FormatDate("xx", false, 2026, 13, 32); got != "1 Feb (Mon)" {
		t.Errorf("a day outside its month: %q", got)
	}
}

// TestCalendar_agrees_with_CLDR is a second opinion on our tables.
func TestCalendar_agrees_with_CLDR(t *testing.T) {
	ours := map[string]string{ // see date.go
		bengaliMonths[0]: norm.NFC.String("জানুয়ারী"),
		bengaliMonths[1]: norm.NFC.String("ফেব্রুয়ারী"),
		hindiMonths[1]:   norm.NFC.String("फ़रवरी"),
		hindiMonths[9]:   "अक्तूबर",
	}
	for lang, cldr := range map[string]pg.Translator{"hi": hi.New(), "bn": bn.New()} {
		c := calendarOf(lang)
		for i := range 12 {
			got, want := c.months[i], norm.NFC.String(cldr.MonthWide(time.Month(i+1)))
			if cldrs, ok := ours[got]; ok {
				got = cldrs
			}
			if got != want {
				t.Errorf("%s month %d: %s, CLDR %s", lang, i+1, got, want)
			}
		}
		for i := range 7 {
			if got, want := c.days[i], norm.NFC.String(cldr.WeekdayWide(time.Weekday(i))); got != want {
				t.Errorf("%s weekday %d: %s, CLDR %s", lang, i, got, want)
			}
			if !strings.HasPrefix(c.days[i], c.shortDays[i]) {
				t.Errorf("%s: %s is not short for %s", lang, c.shortDays[i], c.days[i])
			}
		}
	}
}

func TestFormatNumber(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 7: "7", 999: "999", 1000: "1,000", 99999: "99,999",
		100000: "1,00,000", 1234567: "12,34,567", 123456789: "12,34,56,789", -1000: "-1,000", -100: "-100",
		-9223372036854775808: "-92,23,37,20,36,85,47,75,808"} {
		if got := FormatNumber(n); got != want {
			t.Errorf("%d: got %s, want %s", n, got, want)
		}
	}
}

func TestFormatKm(t *testing.T) {
	for km, want := range map[float64]string{0: "0", 0.04: "0", 0.1: "0.1", 2: "2", 2.34: "2.3", 9.94: "9.9", 9.96: "10", 10: "10", 14.4: "14", 149.6: "150"} {
		if got := FormatKm(km); got != want {
			t.Errorf("%v: got %s, want %s", km, got, want)
		}
	}
}
