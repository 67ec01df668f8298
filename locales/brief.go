package locales

import (
	"strconv"
	"time"
)

// A Brief is a day and a stretch of it in one value, as short as people write
// it: "22 Oct Tue 11:30 am-12:30 pm", "22/10 मंगल सुबह 11:30-12:30". It has at
// most 30 characters in every language, which is what a registry of texts takes
// for one variable, and in Hindi and Bengali it is what lets a booking go in two
// SMS. Native months have no short forms that people use, so the month is a
// number there, as on a ticket; the part of the day is said once, as a window
// does not go round the clock.
type Brief struct {
	Day    Dated
	Window Windowed
}

// In is the words.
func (b Brief) In(lang string) string {
	y, m, d := b.Day.Civil()
	from, to := b.Window.Span()
	return FormatBrief(lang, y, m, d, from, to)
}

// briefThursday is how calendars on the wall abbreviate বৃহস্পতি.
const briefThursday = "বৃহঃ"

// FormatBrief is a Brief of its parts, with FormatDate's and FormatWindow's ways
// with what lies outside a month or a day.
func FormatBrief(lang string, year int, month time.Month, day, from, to int) string {
	out := appendBriefDay(nil, lang, date(year, month, day))
	return string(appendBriefWindow(append(out, ' '), lang, true, inDay(from), inDay(to)))
}

// appendBriefDay adds a day without the year: "22 Oct Tue", "22/10 मंगल".
func appendBriefDay(out []byte, lang string, t time.Time) []byte {
	out = strconv.AppendInt(out, int64(t.Day()), 10)
	if Script(lang) == "Latn" {
		out = append(append(out, ' '), latinShortMonths[t.Month()-1]...)
	} else {
		out = strconv.AppendInt(append(out, '/'), int64(t.Month()), 10)
	}
	return append(append(out, ' '), briefWeekday(lang, t)...)
}

// briefWeekday is a weekday as on a ticket. In Latin letters it is the English
// one, as the month is: Brihaspati would be too long.
func briefWeekday(lang string, t time.Time) string {
	switch {
	case Script(lang) == "Latn":
		return englishCalendar.shortDays[t.Weekday()]
	case lang == Bengali && t.Weekday() == time.Thursday:
		return briefThursday
	}
	return calendarOf(lang).shortDays[t.Weekday()]
}

// appendBriefWindow adds a stretch of a day. Without its part a morning is told
// from an evening by the digits alone: there is no centre open at night.
func appendBriefWindow(out []byte, lang string, part bool, from, to int) []byte {
	c := clockOf(lang)
	if c == nil {
		return appendEnglishWindow(out, false, from, to)
	}
	if part {
		out = append(append(out, c.part(from)...), ' ')
	}
	out = append(appendDigits(out, from), '-')
	return appendDigits(out, to)
}

// appendSoon adds a day by how far it is ahead and a stretch of it: today and
// tomorrow by their words, the days of the week by their names, any other as a
// Brief.
func (f *filling) appendSoon(out []byte, ahead int, t time.Time, from, to int) ([]byte, error) {
	switch {
	case ahead == 0 || ahead == 1:
		word, err := f.c.Text(f.lang, f.medium, [...]string{"word.today", "word.tomorrow"}[ahead], nil)
		if err != nil {
			return out, err
		}
		out = append(out, word...)
	case f.medium == speech:
		out = appendDate(out, f.lang, true, t.Year(), t.Month(), t.Day())
	case ahead > 1 && ahead < 7:
		out = append(out, briefWeekday(f.lang, t)...)
	default:
		out = appendBriefDay(out, f.lang, t)
	}
	if f.medium == speech {
		return appendWindow(append(out, ", "...), f.lang, true, from, to), nil
	}
	return appendBriefWindow(append(out, ' '), f.lang, false, from, to), nil
}
