package dialog_test

import (
	"testing"

	"tikaline/booking"
	"tikaline/dialog"
)

func TestCheck(t *testing.T) {
	choice := dialog.Choice{Options: []dialog.Option{{Key: "yes"}, {Key: "no"}}}
	for name, tt := range map[string]struct {
		expect dialog.Expect
		in     string
		want   booking.Code
	}{
		"option is taken":              {choice, "no", ""},
		"number of an option is not":   {choice, "1", booking.NotAnOption},
		"nothing is no option":         {choice, "", booking.NotAnOption},
		"digits are taken":             {dialog.Digits{Min: 4, Max: 6}, "1958", ""},
		"most digits are taken":        {dialog.Digits{Min: 4, Max: 6}, "195800", ""},
		"too few digits":               {dialog.Digits{Min: 4, Max: 6}, "195", booking.DigitsWanted},
		"too many digits":              {dialog.Digits{Min: 4, Max: 6}, "1958000", booking.DigitsWanted},
		"letters for digits":           {dialog.Digits{Min: 4, Max: 6}, "19S8", booking.DigitsWanted},
		"digits that were not folded":  {dialog.Digits{Min: 4, Max: 12}, "१९५८", booking.DigitsWanted},
		"signed digits":                {dialog.Digits{Min: 4, Max: 6}, "+195", booking.DigitsWanted},
		"words are taken":              {dialog.Words{Max: 60}, "आशा देवी", ""},
		"nothing is no words":          {dialog.Words{Max: 60}, "", booking.WordsWanted},
		"too many words are booking's": {dialog.Words{Max: 2}, "Asha", ""},
	} {
		t.Run(name, func(t *testing.T) {
			err := dialog.Check(tt.expect, tt.in)
			if p, _ := booking.AsProblem(err); (p == nil) != (tt.want == "") || (p != nil && p.Code != tt.want) {
				t.Errorf("%q: %v, want %q", tt.in, err, tt.want)
			}
		})
	}
	t.Run("refusal says how many there are", func(t *testing.T) {
		p, _ := booking.AsProblem(dialog.Check(choice, "3"))
		if p == nil || p.Args["Count"] != 2 {
			t.Errorf("refused with %v", p)
		}
	})
}
