package locales

import "strconv"

const (
	dayMinutes = 24 * 60
	noon       = 12 * 60
)

// FormatClock says a time of day, in minutes since midnight. Short is for
// screens ("2:30 pm", "दोपहर 2:30 बजे"), long for the ear ("दोपहर ढाई बजे").
// Minute 1440 is the midnight that ends the day.
func FormatClock(lang string, long bool, minute int) string {
	return string(appendClock(nil, lang, long, inDay(minute)))
}

// FormatWindow says a stretch of a day: "10-11 am", "सुबह 11:30-दोपहर 12:30" on
// screens, "सुबह 10 से 11 बजे" for the ear. The part of the day is said once
// if both ends lie in it.
func FormatWindow(lang string, long bool, from, to int) string {
	return string(appendWindow(nil, lang, long, inDay(from), inDay(to)))
}

// inDay brings a minute outside the day back into it.
func inDay(minute int) int {
	if minute < 0 || minute > dayMinutes {
		return (minute%dayMinutes + dayMinutes) % dayMinutes
	}
	return minute
}

// A dayPart is a time of the day with a name, until the minute before `until`.
type dayPart struct {
	until int
	name  string
}

// The hours are those of facts: data-and-languages.md, 6.4, drawn where people
// change the word rather than where CLDR does: Bengali has an afternoon of its
// own between noon and dusk, Hindi goes from दोपहर to शाम.
var (
	hindiParts = []dayPart{{4 * 60, "रात"}, {noon, "सुबह"}, {16 * 60, "दोपहर"},
		{20 * 60, "शाम"}, {dayMinutes + 1, "रात"}}
	hindiLatinParts = []dayPart{{4 * 60, "raat"}, {noon, "subah"}, {16 * 60, "dopahar"},
		{20 * 60, "shaam"}, {dayMinutes + 1, "raat"}}
	bengaliParts = []dayPart{{4 * 60, "রাত"}, {noon, "সকাল"}, {16 * 60, "দুপুর"},
		{18 * 60, "বিকেল"}, {20 * 60, "সন্ধ্যা"}, {dayMinutes + 1, "রাত"}}
	bengaliLatinParts = []dayPart{{4 * 60, "raat"}, {noon, "sokal"}, {16 * 60, "dupur"},
		{18 * 60, "bikel"}, {20 * 60, "sondhya"}, {dayMinutes + 1, "raat"}}
)

// englishParts follow the hour, and only for the ear: voices read "am" as the
// verb.
var englishParts = []dayPart{{4 * 60, " at night"}, {noon, " in the morning"}, {17 * 60, " in the afternoon"},
	{20 * 60, " in the evening"}, {dayMinutes + 1, " at night"}}

// bengaliHours are 1 to 12 as a clock strikes them: the ending is টা, টো or টে,
// and voices take 2টা for a number and a word.
var bengaliHours = []string{"একটা", "দুটো", "তিনটে", "চারটে", "পাঁচটা", "ছটা", "সাতটা", "আটটা", "নটা", "দশটা", "এগারোটা", "বারোটা"}

// A clock is how a language tells the time. English has none: its am and pm
// follow the hour.
type clock struct {
	parts []dayPart
	to    string   // between the ends of a window, for the ear
	hour  string   // after a full hour
	hours []string // in speech, 1 to 12 with what follows them; nil: digits and hour
	// In speech, quarters have words of their own; 1:30 and 2:30 have one each.
	quarter, half, threeQuarters, half1, half2 string
	past, minutes                              string // "10", past, "20", minutes
	// hourLast is for Hindi, where बजे closes the whole phrase and is also
	// written after 2:30; Bengali glues টা to each hour and to full hours only.
	hourLast bool
}

var (
	hindiClock = clock{hindiParts, " से ", " बजे", nil, "सवा ", "साढ़े ", "पौने ", "डेढ़", "ढाई",
		" बजकर ", " मिनट", true}
	hindiLatinClock = clock{hindiLatinParts, " se ", " baje", nil, "sava ", "saadhe ", "paune ", "dedh", "dhaai",
		" bajkar ", " minute", true}
	bengaliClock = clock{bengaliParts, " থেকে ", "টা", bengaliHours, "সওয়া ", "সাড়ে ", "পৌনে ", "দেড়টা", "আড়াইটে",
		" বেজে ", " মিনিট", false}
	bengaliLatinClock = clock{bengaliLatinParts, " theke ", "ta", nil, "sowa ", "share ", "poune ", "derta", "araita",
		"ta beje ", " minute", false}
)

// clockOf returns nil for English and for languages that are not ours.
func clockOf(lang string) *clock {
	switch lang {
	case Hindi:
		return &hindiClock
	case Bengali:
		return &bengaliClock
	case HindiLatin:
		return &hindiLatinClock
	case BengaliLatin:
		return &bengaliLatinClock
	}
	return nil
}

func (c *clock) part(minute int) string {
	for _, p := range c.parts {
		if minute < p.until {
			return p.name
		}
	}
	return ""
}

func appendClock(out []byte, lang string, long bool, minute int) []byte {
	c := clockOf(lang)
	if c == nil && long {
		return append(appendEnglishTime(out, minute), englishPart(minute)...)
	}
	if c == nil {
		return append(appendDigits(out, minute), englishHalf(minute, true)...)
	}
	out = append(out, c.part(minute)...)
	out = append(out, ' ')
	if long {
		return c.appendSpoken(out, minute, true)
	}
	out = appendDigits(out, minute)
	if c.hourLast || minute%60 == 0 {
		out = append(out, c.hour...)
	}
	return out
}

func appendWindow(out []byte, lang string, long bool, from, to int) []byte {
	c := clockOf(lang)
	if c == nil {
		return appendEnglishWindow(out, long, from, to)
	}
	out = append(out, c.part(from)...)
	out = append(out, ' ')
	if long {
		out = c.appendSpoken(out, from, false)
		out = append(out, c.to...)
	} else {
		out = append(appendDigits(out, from), '-')
	}
	if c.part(to) != c.part(from) && !(long && isShort(from, to)) {
		out = append(out, c.part(to)...)
		out = append(out, ' ')
	}
	if long {
		return c.appendSpoken(out, to, true)
	}
	return appendDigits(out, to)
}

// isShort reports whether a listener knows unasked in which part of the day a
// window ends: half past eleven in the morning to half past twelve.
func isShort(from, to int) bool { return to-from <= 4*60 }

// appendSpoken tells the time as it is said: 10:30 is saadhe 10.
func (c *clock) appendSpoken(out []byte, minute int, last bool) []byte {
	h, m := hour12(minute), minute%60
	switch {
	case m == 0:
		return c.appendHour(out, h, last)
	case m == 15:
		return c.appendHour(append(out, c.quarter...), h, last)
	case m == 30 && h <= 2:
		out = append(out, []string{c.half1, c.half2}[h-1]...)
		if c.hourLast && last {
			out = append(out, c.hour...)
		}
		return out
	case m == 30:
		return c.appendHour(append(out, c.half...), h, last)
	case m == 45:
		return c.appendHour(append(out, c.threeQuarters...), h%12+1, last)
	}
	if c.hours != nil {
		out = append(out, c.hours[h-1]...)
	} else {
		out = strconv.AppendInt(out, int64(h), 10)
	}
	out = append(out, c.past...)
	out = strconv.AppendInt(out, int64(m), 10)
	return append(out, c.minutes...)
}

// appendHour says an hour with what follows it.
func (c *clock) appendHour(out []byte, h int, last bool) []byte {
	if c.hours != nil {
		return append(out, c.hours[h-1]...)
	}
	out = strconv.AppendInt(out, int64(h), 10)
	if last || !c.hourLast {
		out = append(out, c.hour...)
	}
	return out
}

func appendEnglishWindow(out []byte, long bool, from, to int) []byte {
	if long {
		return appendEnglishSpoken(out, from, to)
	}
	start, end := englishHalf(from, false), englishHalf(to, true)
	out = appendDigits(out, from)
	if start != end {
		if from == noon {
			start = " noon"
		}
		out = append(out, start...)
	}
	return append(appendDigits(append(out, '-'), to), end...)
}

// appendEnglishSpoken says the part of the day once unless the window is long:
// 3 30 to 6 in the evening, 11 30 in the morning to 12 30.
func appendEnglishSpoken(out []byte, from, to int) []byte {
	start, end := englishPart(from), englishPart(to)
	overNoon := from < noon && to > noon
	out = appendEnglishTime(out, from)
	if overNoon || start != end && !isShort(from, to) {
		out = append(out, start...)
	}
	out = appendEnglishTime(append(out, " to "...), to)
	if !overNoon || !isShort(from, to) {
		out = append(out, end...)
	}
	return out
}

// englishPart is the part of the day, for the ear; an exact twelve is named.
func englishPart(minute int) string {
	switch minute {
	case 0, dayMinutes:
		return " midnight"
	case noon:
		return " noon"
	}
	for _, p := range englishParts {
		if minute < p.until {
			return p.name
		}
	}
	return ""
}

// appendEnglishTime says 9 30 for half past nine, as people do.
func appendEnglishTime(out []byte, minute int) []byte {
	h, m := int64(hour12(minute)), int64(minute%60)
	switch {
	case m == 0:
		return strconv.AppendInt(out, h, 10)
	case m < 10:
		out = append(strconv.AppendInt(out, m, 10), " past "...)
		return strconv.AppendInt(out, h, 10)
	}
	out = append(strconv.AppendInt(out, h, 10), ' ')
	return strconv.AppendInt(out, m, 10)
}

// englishHalf returns the half of the day. "12 pm" is read as midnight by some
// and as noon by others, so an exact twelve is named.
func englishHalf(minute int, exact bool) string {
	switch {
	case exact && minute == noon:
		return " noon"
	case exact && minute%dayMinutes == 0:
		return " midnight"
	case minute%dayMinutes < noon:
		return " am"
	}
	return " pm"
}

// appendDigits writes 10 or 2:30, on a clock of twelve hours.
func appendDigits(out []byte, minute int) []byte {
	out = strconv.AppendInt(out, int64(hour12(minute)), 10)
	if m := minute % 60; m != 0 {
		out = append(out, ':', byte('0'+m/10), byte('0'+m%10))
	}
	return out
}

func hour12(minute int) int { return (minute/60+11)%12 + 1 }
