package imports

import (
	"reflect"
	"strings"
	"testing"

	"tikaline/booking"
)

func readSessions(s string) ([]booking.Session, Report, error) {
	return ReadSessions(strings.NewReader(s), against())
}

// sessionLine returns a good file with one value changed.
func sessionLine(column, value string) string {
	cells := map[string]string{
		"centre_code": "P1", "date": "2021-06-02", "vaccine": "COVISHIELD", "dose": "1", "min_age": "18", "max_age": "44",
		"slots": "09:00-11:00 11:00-13:00", "places": "50", "on_the_spot": "30",
	}
	cells[column] = value
	var line []string
	for name := range strings.SplitSeq(SessionsHeader, ",") {
		line = append(line, `"`+strings.ReplaceAll(cells[name], `"`, `""`)+`"`)
	}
	return SessionsHeader + "\n" + strings.Join(line, ",") + "\n"
}

func TestReadSessions(t *testing.T) {
	want := booking.Session{
		Centre: 11, Day: booking.NewDate(2021, 6, 2), Vaccine: "COVISHIELD", Dose: 1, MinAge: 18, MaxAge: 44,
		Slots: []booking.Slot{{Window: booking.Window{From: 540, To: 660}, Capacity: 50, Spot: 30}, {Window: booking.Window{From: 660, To: 780}, Capacity: 50, Spot: 30}},
	}
	same := []struct{ name, column, value string }{
		{"as it should be", "dose", "1"},
		{"Indian date", "date", "02-06-2021"},
		{"date with slashes", "date", "2/6/2021"},
		{"date with a month's name", "date", "02-Jun-2021"},
		{"Devanagari digits", "date", "०२-०६-२०२१"},
		{"vaccine in other letters", "vaccine", "Covi Shield"},
		{"slots out of order", "slots", "11:00-13:00 09:00-11:00"},
		{"slots with commas", "slots", "09:00-11:00, 11:00-13:00"},
		{"slots with spaces", "slots", "09:00 - 11:00; 11:00 - 13:00"},
		{"slots as the Co-WIN API has them", "slots", "09:00AM-11:00AM 11:00AM-01:00PM"},
		{"slots with a long dash", "slots", "9:00–11:00|11:00–13:00"},
		{"places for each", "places", "50 50"},
		{"places for each with commas", "places", "50, 50"},
		{"Excel's decimals", "places", "50.0"},
	}
	for _, c := range same {
		t.Run(c.name, func(t *testing.T) {
			if got, why := outcome(t, readSessions, sessionLine(c.column, c.value)); why != "" || !reflect.DeepEqual(got, want) {
				t.Errorf("got %+v, %s", got, why)
			}
		})
	}
	t.Run("no upper age, nothing on the spot, another number for each slot", func(t *testing.T) {
		got, why := outcome(t, readSessions, "centre_code,date,vaccine,dose,min_age,slots,places\nP2,2021-06-01,COVAXIN,2,45,15:00-17:00 09:00-12:00,\"1,200 7\"\n")
		if why != "" || got.Centre != 12 || got.MaxAge != 0 || got.Slots[0].Capacity != 7 || got.Slots[1].Capacity != 1200 || got.Slots[0].Spot != 0 {
			t.Errorf("got %+v, %s", got, why)
		}
	})

	refused := []struct{ name, column, value, why string }{
		{"unknown centre", "centre_code", "P9", "import the centres first"},
		{"yesterday", "date", "2021-05-31", "has passed"},
		{"years ahead", "date", "2031-06-02", "more than a year ahead"},
		{"American date", "date", "06-31-2021", "neither YYYY-MM-DD nor DD-MM-YYYY"},
		{"no date", "date", "", "neither YYYY-MM-DD nor DD-MM-YYYY"},
		{"unknown vaccine", "vaccine", "PFIZER", "it has COVISHIELD, COVAXIN"},
		{"vaccine not yet given", "vaccine", "CORBEVAX", "given from 2022-03-16 on"},
		{"no dose", "dose", "", "dose is missing"},
		{"dose too many", "dose", "4", "dose 4 is not from 1 to 3"},
		{"no age", "min_age", "", "min_age is missing"},
		{"age of nobody", "min_age", "200", "min_age 200"},
		{"ages the wrong way round", "max_age", "17", "max_age 17 is below min_age 18"},
		{"no slots", "slots", "", "slots are missing"},
		{"slots overlap", "slots", "09:00-11:00 10:30-13:00", "slots 09:00-11:00 and 10:30-13:00 overlap"},
		{"slot twice", "slots", "09:00-11:00 09:00-11:00", "overlap"},
		{"slot backwards", "slots", "11:00-09:00", "does not run forward"},
		{"slot no time", "slots", "morning", "is not like 09:00-11:00"},
		{"no places", "places", "", "places has 0 numbers for 2 slots"},
		{"too many numbers", "places", "10 20 30", "places has 3 numbers for 2 slots"},
		{"too many places", "places", "5001", "places 5001 is not from 0 to 5000"},
		{"places below nothing", "places", "-1", "places -1"},
		{"on the spot no number", "on_the_spot", "half", `"half" is not a whole number`},
	}
	for _, c := range refused {
		t.Run(c.name, func(t *testing.T) {
			if got, why := outcome(t, readSessions, sessionLine(c.column, c.value)); !strings.Contains(why, c.why) {
				t.Errorf("got %+v, %q", got, why)
			}
		})
	}
	t.Run("nothing for anybody", func(t *testing.T) {
		file := strings.Replace(sessionLine("places", "0"), `"30"`, `"0"`, 1)
		if _, why := outcome(t, readSessions, file); !strings.Contains(why, "all 0") {
			t.Errorf("got %q", why)
		}
	})
	t.Run("twice", func(t *testing.T) {
		file := sessionLine("places", "50") + strings.Split(sessionLine("places", "60"), "\n")[1] + "\n" + strings.Split(sessionLine("dose", "2"), "\n")[1]
		list, report, err := readSessions(file)
		if err != nil || len(list) != 2 || len(report.Refused) != 1 || report.Refused[0].Line != 3 || !strings.Contains(report.Refused[0].Reason, "line 2") {
			t.Errorf("%d, %+v, %v", len(list), report, err)
		}
	})
	t.Run("no programme", func(t *testing.T) {
		if _, _, err := ReadSessions(strings.NewReader(""), Against{}); err == nil {
			t.Error("read against nothing")
		}
	})
}

func FuzzReadSessions(f *testing.F) {
	f.Add(sessionLine("dose", "1"))
	f.Add(sessionLine("slots", "09:00AM - 11:00AM|23:00–24:00"))
	f.Add(sessionLine("places", "१०, 1,000"))
	f.Fuzz(func(t *testing.T, file string) {
		list, report, _ := readSessions(file)
		if len(list) != report.Good {
			t.Errorf("%d lines, %+v", len(list), report)
		}
		for _, s := range list {
			if s.Centre == 0 || s.Day < against().Today || len(s.Slots) == 0 {
				t.Errorf("took %+v", s)
			}
			for i, slot := range s.Slots {
				if slot.Window.From >= slot.Window.To || slot.Window.To > 24*60 || slot.Capacity < 0 || slot.Capacity > placesMax || i > 0 && s.Slots[i-1].Window.To > slot.Window.From {
					t.Errorf("took %+v", s)
				}
			}
		}
	})
}
