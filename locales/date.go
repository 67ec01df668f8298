package locales

import (
	"strconv"
	"time"
)

// A calendar names months and weekdays, Sunday first.
type calendar struct {
	months, shortMonths [12]string
	days, shortDays     [7]string
}

// The native names are CLDR's (facts: data-and-languages.md, 6.4), which a
// test compares with go-playground/locales. Some are ours: Bengali January and
// February end in the short ি, as Paschimbanga Bangla Akademi and the papers of
// Kolkata spell them; Hindi February has no nukta and October is अक्टूबर, as in
// the papers of Patna. Native months have no short forms that people use. In
// Latin letters people write the English months and say their own weekdays.
var (
	latinMonths = [12]string{"January", "February", "March", "April", "May", "June",
		"July", "August", "September", "October", "November", "December"}
	latinShortMonths = [12]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
		"Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}
	hindiMonths = [12]string{"जनवरी", "फरवरी", "मार्च", "अप्रैल", "मई", "जून",
		"जुलाई", "अगस्त", "सितंबर", "अक्टूबर", "नवंबर", "दिसंबर"}
	bengaliMonths = [12]string{"জানুয়ারি", "ফেব্রুয়ারি", "মার্চ", "এপ্রিল", "মে", "জুন",
		"জুলাই", "আগস্ট", "সেপ্টেম্বর", "অক্টোবর", "নভেম্বর", "ডিসেম্বর"}

	englishCalendar = calendar{latinMonths, latinShortMonths,
		[7]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
		[7]string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"}}
	hindiCalendar = calendar{hindiMonths, hindiMonths,
		[7]string{"रविवार", "सोमवार", "मंगलवार", "बुधवार", "गुरुवार", "शुक्रवार", "शनिवार"},
		[7]string{"रवि", "सोम", "मंगल", "बुध", "गुरु", "शुक्र", "शनि"}}
	bengaliCalendar = calendar{bengaliMonths, bengaliMonths,
		[7]string{"রবিবার", "সোমবার", "মঙ্গলবার", "বুধবার", "বৃহস্পতিবার", "শুক্রবার", "শনিবার"},
		[7]string{"রবি", "সোম", "মঙ্গল", "বুধ", "বৃহস্পতি", "শুক্র", "শনি"}}
	hindiLatinCalendar = calendar{latinMonths, latinShortMonths,
		[7]string{"Ravivaar", "Somvaar", "Mangalvaar", "Budhvaar", "Guruvaar", "Shukravaar", "Shanivaar"},
		[7]string{"Ravi", "Som", "Mangal", "Budh", "Guru", "Shukra", "Shani"}}
	bengaliLatinCalendar = calendar{latinMonths, latinShortMonths,
		[7]string{"Robibar", "Sombar", "Mongolbar", "Budhbar", "Brihaspatibar", "Shukrobar", "Shonibar"},
		[7]string{"Robi", "Som", "Mongol", "Budh", "Brihaspati", "Shukro", "Shoni"}}
)

func calendarOf(lang string) *calendar {
	switch lang {
	case Hindi:
		return &hindiCalendar
	case Bengali:
		return &bengaliCalendar
	case HindiLatin:
		return &hindiLatinCalendar
	case BengaliLatin:
		return &bengaliLatinCalendar
	}
	return &englishCalendar
}

// FormatDate says a day with its weekday, without the year: what is booked is
// days away. Short is for screens, "5 Nov (Thu)"; long is for the ear,
// "Thursday, 5 November". Digits are 0-9 in every language, and a language
// that is not ours is answered in English. A day outside its month is counted
// on, as time.Date does.
func FormatDate(lang string, long bool, year int, month time.Month, day int) string {
	return string(appendDate(nil, lang, long, year, month, day))
}

func appendDate(out []byte, lang string, long bool, year int, month time.Month, day int) []byte {
	t := date(year, month, day)
	c := calendarOf(lang)
	if long {
		out = append(out, c.days[t.Weekday()]...)
		out = append(out, ", "...)
		out = strconv.AppendInt(out, int64(t.Day()), 10)
		out = append(out, ' ')
		return append(out, c.months[t.Month()-1]...)
	}
	out = strconv.AppendInt(out, int64(t.Day()), 10)
	out = append(out, ' ')
	out = append(out, c.shortMonths[t.Month()-1]...)
	out = append(out, " ("...)
	out = append(out, c.shortDays[t.Weekday()]...)
	return append(out, ')')
}

func date(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}
