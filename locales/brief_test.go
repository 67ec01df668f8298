package locales

import (
	"testing"
	"time"
	"unicode/utf8"
)

// TestFormatBrief is for a native reader, as TestFormat is.
func TestFormatBrief(t *testing.T) {
	for name, tt := range map[string]struct {
		month    time.Month
		day      int
		from, to int
		want     [5]string // en hi bn hi-Latn bn-Latn
	}{
		"thursday_morning": {time.May, 6, 540, 660, [5]string{
			"6 May Thu 9-11 am", "6/5 गुरु सुबह 9-11", "6/5 বৃহঃ সকাল 9-11", "6 May Thu subah 9-11", "6 May Thu sokal 9-11"}},
		"over_noon": {time.October, 26, 690, 750, [5]string{
			"26 Oct Tue 11:30 am-12:30 pm", "26/10 मंगल सुबह 11:30-12:30", "26/10 মঙ্গল সকাল 11:30-12:30",
			"26 Oct Tue subah 11:30-12:30", "26 Oct Tue sokal 11:30-12:30"}},
		"evening": {time.February, 26, 1050, 1110, [5]string{
			"26 Feb Fri 5:30-6:30 pm", "26/2 शुक्र शाम 5:30-6:30", "26/2 শুক্র বিকেল 5:30-6:30",
			"26 Feb Fri shaam 5:30-6:30", "26 Feb Fri bikel 5:30-6:30"}},
	} {
		t.Run(name, func(t *testing.T) {
			for i, lang := range Languages {
				if got := FormatBrief(lang, 2021, tt.month, tt.day, tt.from, tt.to); got != tt.want[i] {
					t.Errorf("%s: %q, want %q", lang, got, tt.want[i])
				}
			}
		})
	}
}

// TestFormatBrief_is_brief goes through two years and every window between
// seven and eight that begins and ends at a half hour.
func TestFormatBrief_is_brief(t *testing.T) {
	for _, lang := range Languages {
		longest := ""
		for d := range 731 {
			y, m, day := time.Date(2021, 1, 1+d, 0, 0, 0, 0, time.UTC).Date()
			for from := 7 * 60; from < 20*60; from += 30 {
				for to := from + 30; to <= 20*60; to += 30 {
					if s := FormatBrief(lang, y, m, day, from, to); utf8.RuneCountInString(s) > utf8.RuneCountInString(longest) {
						longest = s
					}
				}
			}
		}
		if n := utf8.RuneCountInString(longest); n > 30 || n < 27 {
			t.Errorf("%s: %q has %d characters", lang, longest, n)
		}
	}
}
