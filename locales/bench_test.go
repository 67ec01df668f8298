package locales

import "testing"

func BenchmarkText(b *testing.B) {
	c := load(b, small)
	offer := values{"Day": day{2026, 11, 5}, "At": window{600, 660}, "Place": centre{"en": "Patna GH", "hi": "पटना अस्पताल"}}
	found := values{"Count": 12, "Place": "800001"}
	for _, bb := range []struct {
		name, lang, id string
		data           values
	}{
		{"no_values", "hi", "registration.born", nil},
		{"three_values", "hi", "booking.offer", offer},
		{"plural", "hi", "find.found", found},
		{"fallback", "hi-Latn", "registration.born", nil},
		{"if", "en", "find.none", values{"Fee": 250}},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.Text(bb.lang, "ussd", bb.id, bb.data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkCost(b *testing.B) {
	for name, s := range samples {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Cost(s)
			}
		})
	}
}

func BenchmarkFold(b *testing.B) {
	for name, s := range map[string]string{"keys": "800001", "devanagari_digits": "८००००१", "name": "Asha Devi", "bengali_name": "আশা দেবী"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Fold(s)
			}
		})
	}
}

func BenchmarkSplit(b *testing.B) {
	for name, s := range samples {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Split(s, Budget{70, 30})
			}
		})
	}
}

var samples = map[string]string{
	"english": "5 Nov (Thu), 10-11 am: Patna Medical College, Ashok Rajpath\n1 Book\n2 Other time\n3 Other centre\n0 Back",
	"hindi":   "5 नवंबर (गुरु), सुबह 10-11: पटना मेडिकल कॉलेज\n1 बुक करें\n2 दूसरा समय\n0 पीछे",
}
