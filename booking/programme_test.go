package booking_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"tikaline/booking"
)

func TestIndia2021(t *testing.T) {
	india := booking.India2021()
	t.Run("four to a number, six from 21 January 2022", func(t *testing.T) {
		for on, want := range map[string]int{"2020-12-31": 4, "2021-01-16": 4, "2022-01-20": 4, "2022-01-21": 6, "2023-01-01": 6} {
			if got := india.PeoplePerNumber(day(on)); got != want {
				t.Errorf("%d on %s, want %d", got, on, want)
			}
		}
	})
	t.Run("seven photo ids at first, nine from May 2021", func(t *testing.T) {
		wires := func(on string) (list []int) {
			for _, id := range india.IDs(day(on)) {
				list = append(list, id.Wire)
			}
			slices.Sort(list)
			return list
		}
		if got := wires("2021-04-30"); !slices.Equal(got, []int{1, 2, 6, 8, 9, 11, 12}) {
			t.Errorf("at first %v", got)
		}
		if got := wires("2021-05-01"); !slices.Equal(got, []int{1, 2, 6, 8, 9, 11, 12, 15, 16}) {
			t.Errorf("later %v", got)
		}
	})
	t.Run("twenty conditions, each named once", func(t *testing.T) {
		seen := make(map[string]bool)
		for i, c := range india.Conditions.List {
			if c.No != i+1 || c.Name == "" || seen[c.Name] {
				t.Errorf("%d is %+v", i+1, c)
			}
			seen[c.Name] = true
		}
		if n := india.Conditions.Count; n != 20 || len(seen) != n {
			t.Errorf("says %d, lists %d", n, len(seen))
		}
	})
	t.Run("every rule names its source", func(t *testing.T) {
		sources := []string{india.Source, india.Conditions.Source, india.Booking.Source}
		for _, p := range india.Household {
			sources = append(sources, p.Source)
		}
		for _, p := range slices.Concat(india.Phases, india.Precaution) {
			sources = append(sources, p.Source)
		}
		for _, v := range india.Vaccines {
			for _, g := range v.Gaps {
				sources = append(sources, g.Source)
			}
		}
		if slices.Contains(sources, "") {
			t.Errorf("one does not: %q", sources)
		}
	})
}

// TestParseProgramme breaks the built-in file in one place after the other.
func TestParseProgramme(t *testing.T) {
	whole, err := os.ReadFile("programmes/india2021.json")
	if err != nil {
		t.Fatal(err)
	}
	first := func(p map[string]any, list string) map[string]any { return p[list].([]any)[0].(map[string]any) }
	gaps := func(p map[string]any) []any { return first(p, "vaccines")["gaps"].([]any) }
	for name, tt := range map[string]struct {
		spoil func(p map[string]any)
		want  string
	}{
		"unknown key":                     {func(p map[string]any) { p["phaces"] = []any{} }, `unknown field "phaces"`},
		"unknown key deep inside":         {func(p map[string]any) { first(p, "phases")["minage"] = 60 }, `unknown field "minage"`},
		"date that is none":               {func(p map[string]any) { first(p, "phases")["doses"] = "1 March" }, "YYYY-MM-DD"},
		"number written as text":          {func(p map[string]any) { first(p, "phases")["min_age"] = "60" }, "min_age"},
		"no name":                         {func(p map[string]any) { delete(p, "name") }, "name is missing"},
		"no version of the consent":       {func(p map[string]any) { p["consent"] = "" }, "consent is missing"},
		"no limit of people":              {func(p map[string]any) { p["household"] = []any{} }, "household is empty"},
		"no people to a number":           {func(p map[string]any) { first(p, "household")["people"] = 0 }, "household"},
		"limits out of order":             {func(p map[string]any) { slices.Reverse(p["household"].([]any)) }, "household"},
		"no photo ids":                    {func(p map[string]any) { delete(p, "photo_ids") }, "photo_ids is empty"},
		"photo id without a key":          {func(p map[string]any) { first(p, "photo_ids")["key"] = "" }, `photo id ""`},
		"photo id twice":                  {func(p map[string]any) { first(p, "photo_ids")["key"] = "voter" }, `photo id "voter"`},
		"no phases":                       {func(p map[string]any) { p["phases"] = nil }, "phases is empty"},
		"phase without a name":            {func(p map[string]any) { first(p, "phases")["name"] = "" }, `phase ""`},
		"phase without a day":             {func(p map[string]any) { delete(first(p, "phases"), "registration") }, `phase "seniors"`},
		"phase with doses too early":      {func(p map[string]any) { first(p, "phases")["doses"] = "2021-02-28" }, `phase "seniors"`},
		"phase that ends before it is":    {func(p map[string]any) { first(p, "phases")["until"] = "2021-02-28" }, "until"},
		"phase with ages crossed":         {func(p map[string]any) { first(p, "phases")["max_age"] = 59 }, `phase "seniors"`},
		"phase of an unknown vaccine":     {func(p map[string]any) { first(p, "phases")["vaccines"] = []string{"COVIDSHIELD"} }, `"COVIDSHIELD" is not in vaccines`},
		"precaution phase without a name": {func(p map[string]any) { first(p, "precaution")["name"] = "" }, `phase ""`},
		"no vaccines":                     {func(p map[string]any) { p["vaccines"] = []any{}; p["phases"] = p["phases"].([]any)[:1] }, "vaccines is empty"},
		"vaccine without a name":          {func(p map[string]any) { first(p, "vaccines")["name"] = "" }, `vaccine ""`},
		"vaccine without doses":           {func(p map[string]any) { first(p, "vaccines")["doses"] = 0 }, `vaccine "COVISHIELD"`},
		"gap before dose 1":               {func(p map[string]any) { gaps(p)[0].(map[string]any)["dose"] = 1 }, "gap"},
		"gap of days below nought":        {func(p map[string]any) { gaps(p)[0].(map[string]any)["days"] = -1 }, "gap"},
		"gaps out of order":               {func(p map[string]any) { slices.Reverse(gaps(p)) }, "gap"},
		"last minute that is none":        {func(p map[string]any) { p["booking"].(map[string]any)["last_minute"] = "3 pm" }, "last_minute"},
		"last minute with seconds":        {func(p map[string]any) { p["booking"].(map[string]any)["last_minute"] = "15:00:00" }, "last_minute"},
		"last minute beyond the day":      {func(p map[string]any) { p["booking"].(map[string]any)["last_minute"] = "24:01" }, "last_minute"},
		"no last minute":                  {func(p map[string]any) { delete(p["booking"].(map[string]any), "last_minute") }, "last_minute"},
		"change after the day":            {func(p map[string]any) { p["booking"].(map[string]any)["change_days_before"] = -1 }, "change_days_before"},
	} {
		t.Run(name+" is refused", func(t *testing.T) {
			var p map[string]any
			if err := json.Unmarshal(whole, &p); err != nil {
				t.Fatal(err)
			}
			tt.spoil(p)
			spoilt, err := json.Marshal(p)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := booking.ParseProgramme(spoilt); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one that says %s", err, tt.want)
			}
		})
	}
	for name, text := range map[string]string{
		"nothing": "", "no JSON": "programme", "a list": "[]", "more behind it": string(whole) + "{}", "half of it": string(whole[:len(whole)/2]),
	} {
		t.Run(name+" is refused", func(t *testing.T) {
			if p, err := booking.ParseProgramme([]byte(text)); err == nil {
				t.Errorf("read %+v", p)
			}
		})
	}
	t.Run("whole file is read", func(t *testing.T) {
		if p, err := booking.ParseProgramme(whole); err != nil || len(p.Phases) != 6 {
			t.Errorf("%v", err)
		}
	})
}
