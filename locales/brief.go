package locales

import (
	"strconv"
	"time"
)

// A Brief is a day and a stretch of it in one value, as short as people write
// it: "22 Oct Tue, 11:30 am-12:30 pm", "22/10 मंगल, सुबह 11:30-12:30". It has at
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
	t := date(year, month, day)
	from, to = inDay(from), inDay(to)
	out := strconv.AppendInt(nil, int64(t.Day()), 10)
	if Script(lang) == "Latn" {
		// English weekdays, as the month is: Brihaspati would be too long.
		out = append(append(out, ' '), latinShortMonths[t.Month()-1]...)
		out = append(append(out, ' '), englishCalendar.shortDays[t.Weekday()]...)
	} else {
		out = strconv.AppendInt(append(out, '/'), int64(t.Month()), 10)
		weekday := calendarOf(lang).shortDays[t.Weekday()]
		if lang == Bengali && t.Weekday() == time.Thursday {
			weekday = briefThursday
		}
		out = append(append(out, ' '), weekday...)
	}
	out = append(out, ", "...)
	c := clockOf(lang)
	if c == nil {
		return string(appendEnglishWindow(out, false, from, to))
	}
	out = append(append(out, c.part(from)...), ' ')
	out = append(appendDigits(out, from), '-')
	return string(appendDigits(out, to))
}
