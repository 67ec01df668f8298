package imports

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"tikaline/booking"
)

func against() Against {
	return Against{
		Districts: Districts(), Pincodes: somePincodes(), Centres: map[string]int64{"P1": 11, "P2": 12},
		Programme: booking.India2021(), Today: booking.NewDate(2021, 6, 1),
	}
}

// outcome returns the result of reading a file of one line.
func outcome[T any](t *testing.T, read func(string) ([]T, Report, error), file string) (T, string) {
	t.Helper()
	list, report, err := read(file)
	var none T
	switch {
	case err != nil:
		return none, err.Error()
	case len(report.Refused) == 1 && report.Good == 0 && report.Read == 1:
		return none, report.Refused[0].Reason
	case len(list) != 1 || report.Good != 1 || report.Read != 1:
		t.Fatalf("%d lines, report %+v", len(list), report)
	}
	return list[0], ""
}

func readCentres(s string) ([]booking.Centre, Report, error) {
	return ReadCentres(strings.NewReader(s), against())
}

const fullCentre = CentresHeader + "\nP1,PHC Kankarbagh,PHC Kankarbagh,पीएचसी कंकड़बाग,পিএইচসি কঙ্করবাগ,\"Station Road, Patna\",Patna Sadar,97,,,800020,25.5960,85.1560,yes,0\n"

func TestReadCentres(t *testing.T) {
	want := booking.Centre{
		Code: "P1", Name: "PHC Kankarbagh", Short: booking.Names{"en": "PHC Kankarbagh", "hi": "पीएचसी कंकड़बाग", "bn": "পিএইচসি কঙ্করবাগ"},
		Address: "Station Road, Patna", Block: "Patna Sadar", Pincode: "800020", District: 97, Lat: 25.5960, Lon: 85.1560, Government: true,
	}
	same := []struct{ name, file string }{
		{"as it should be", fullCentre},
		{"byte order mark", "\xef\xbb\xbf" + fullCentre},
		{"CRLF", strings.ReplaceAll(fullCentre, "\n", "\r\n")},
		{"no line end at the end", strings.TrimSpace(fullCentre)},
		{"semicolons", strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(fullCentre, ",", ";"), "Road;", "Road,"), "\"", "")},
		{"tabs", strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(fullCentre, ",", "\t"), "Road\t", "Road,"), "\"", "")},
		{"said separator", "sep=,\r\n" + fullCentre},
		{"Excel's empty columns and rows", CentresHeader + ",,\n" + strings.TrimSpace(strings.Split(fullCentre, "\n")[1]) + ",,\n,,,,,,,,,,,,,,,,\n"},
		{"Devanagari digits", strings.Replace(fullCentre, "800020", "८०००२०", 1)},
		{"Excel's text marks", strings.Replace(strings.Replace(fullCentre, "800020", "'800020", 1), ",97,", `,"=""97""",`, 1)},
		{"Excel's decimals", strings.Replace(fullCentre, "800020", "800020.0", 1)},
		{"no-break spaces", strings.Replace(fullCentre, "PHC Kankarbagh,", "\u00a0PHC\u00a0 Kankarbagh\u200b ,", 1)},
		{"capitals and spaces in the header", strings.Replace(fullCentre, "code,name,name_en,name_hi", "Centre ID,Name,Name EN,Name Hi", 1)},
	}
	for _, c := range same {
		t.Run(c.name, func(t *testing.T) {
			if got, why := outcome(t, readCentres, c.file); why != "" || !reflect.DeepEqual(got, want) {
				t.Errorf("got %+v, %s", got, why)
			}
		})
	}

	accepted := []struct {
		name, file string
		check      func(booking.Centre) bool
	}{
		{"short English name made", "code,name,pincode,government\nP1,Community Health Centre of Phulwari Sharif Block,800001,yes\n", func(c booking.Centre) bool {
			return c.Short["en"] == "Community Health Centre of" && c.Lat == 25.6190 && c.District == 97
		}},
		{"district by name", "code,name,pincode,government,district,state\nP1,PHC,800001,yes,NALANDA,BIHAR\n", func(c booking.Centre) bool { return c.District == 90 }},
		{"unknown district, from the pincode", "code,name,pincode,government,district,state\nP1,PHC,800001,yes,Nowhere,BIHAR\n", func(c booking.Centre) bool { return c.District == 97 }},
		{"session noise", "code,name,pincode,government\nP1,PHC Danapur MOP UP 18 FEB COVISHIELD,800001,yes\n", func(c booking.Centre) bool { return c.Name == "PHC Danapur" }},
		{"fee as people write it", "name,pincode,government,fee\nClinic,800001,no,\"Rs 1,200/-\"\n", func(c booking.Centre) bool { return c.Fee == 1200 && !c.Government }},
		{"other names of columns", "center_id,name,pincode,fee_type,latitude,longitude\nX,PHC,800001,Free,25.6,85.1\n", func(c booking.Centre) bool { return c.Government && c.Lat == 25.6 }},
		{"code made", "name,pincode,government\nPHC Danapur,800001,हाँ\n", func(c booking.Centre) bool { return c.Code == "N800001-464b4515" }},
		{"the same code in other letters", "name,pincode,government\nphc  DANAPUR,800001,yes\n", func(c booking.Centre) bool { return c.Code == "N800001-464b4515" }},
		{"unknown pincode with a position", "name,pincode,government,lat,lon,district_id\nPHC,855555,yes,25.6,87.1,97\n", func(c booking.Centre) bool { return c.Lon == 87.1 }},
	}
	for _, c := range accepted {
		t.Run(c.name, func(t *testing.T) {
			if got, why := outcome(t, readCentres, c.file); why != "" || !c.check(got) {
				t.Errorf("got %+v, %s", got, why)
			}
		})
	}

	refused := []struct{ name, file, why string }{
		{"empty", "", "the file is empty"},
		{"UTF-16", "\xff\xfec\x00o\x00", "UTF-16"},
		{"workbook", "PK\x03\x04", "workbook"},
		{"misspelt column", "code,nmae,pincode,government\n", `there is no column "nmae" (perhaps "name"?): columns are code, name,`},
		{"column of nothing like it", "code,name,pincode,government,telephone_number\n", `there is no column "telephone_number": columns`},
		{"column twice", "code,centre_id,name,pincode,government\n", `columns "code" and "centre_id" are the same`},
		{"columns missing", "code,block\n", "the header lacks name, pincode, government"},
		{"no name", "name,pincode,government\n,800001,yes\n", "name is missing"},
		{"name without letters", "name,pincode,government\n12,800001,yes\n", "has no letters"},
		{"name too long", "name,pincode,government\n" + strings.Repeat("long ", 50) + ",800001,yes\n", "at most 200"},
		{"no pincode", "name,pincode,government\nPHC,,yes\n", "pincode is missing"},
		{"pincode too short", "name,pincode,government\nPHC,80001,yes\n", `pincode "80001" is not six digits`},
		{"pincode shortened by Excel", "name,pincode,government\nPHC,8.00001E+05,yes\n", "format the column as text"},
		{"places exchanged", "name,pincode,government,lat,lon\nPHC,800001,yes,85.1,25.6\n", "have changed places"},
		{"not in India", "name,pincode,government,lat,lon\nPHC,800001,yes,51.5,0\n", "are not in India"},
		{"half a position", "name,pincode,government,lat,lon\nPHC,800001,yes,25.6,\n", "is not a number of degrees"},
		{"no position at all", "name,pincode,government,district_id\nPHC,855555,yes,97\n", "is not known either"},
		{"no district at all", "name,pincode,government,lat,lon\nPHC,855555,yes,25.6,85.1\n", "district is missing"},
		{"unknown district id", "name,pincode,government,district_id\nPHC,800001,yes,9999\n", "none of the Co-WIN API's"},
		{"neither yes nor no", "name,pincode,government\nPHC,800001,maybe\n", "neither yes nor no"},
		{"government with a fee", "name,pincode,government,fee\nPHC,800001,yes,250\n", "a government centre has no fee"},
		{"fee no number", "name,pincode,government,fee\nPHC,800001,no,some\n", `"some" is not a whole number`},
		{"fee out of bounds", "name,pincode,government,fee\nPHC,800001,no,-5\n", "fee -5 is not from 0"},
		{"long Hindi name", "name,pincode,government,name_hi\nPHC,800001,yes," + strings.Repeat("क", 31) + "\n", "name_hi has 31 characters"},
		{"Hindi in the Bengali column", "name,pincode,government,name_bn\nPHC,800001,yes,पटना\n", "not in that script"},
		{"comma without quotes", "name,pincode,government,address\nPHC,800001,yes,Station Road, Patna\n", "needs quotation marks"},
		{"too few values", "name,pincode,government,address\nPHC,800001,yes\n", "3 values for 4 columns"},
		{"stray quotation mark", "name,pincode,government\nPHC \"A\",800001,yes\n", "a quotation mark stands where none can"},
		{"not UTF-8", "name,pincode,government\nPHC \xe9,800001,yes\n", "not UTF-8"},
	}
	for _, c := range refused {
		t.Run(c.name, func(t *testing.T) {
			if got, why := outcome(t, readCentres, c.file); !strings.Contains(why, c.why) {
				t.Errorf("got %+v, %q", got, why)
			}
		})
	}
}

func TestReadCentresTwice(t *testing.T) {
	list, report, err := readCentres("code,name,pincode,government\n" +
		"A,PHC Danapur,800001,yes\n" +
		"A,PHC Maner,800001,yes\n" + // code twice
		"\n" +
		",phc danapur,800001,yes\n" + // the first again, without its code
		"B,PHC DANAPUR 19 FEB,800001,yes\n" + // with another: perhaps a second building
		",PHC Danapur,800020,yes\n") // elsewhere
	if err != nil || len(list) != 3 || report.Read != 5 || report.Good != 3 {
		t.Fatalf("%d, %+v, %v", len(list), report, err)
	}
	want := []Refusal{{3, "code A is in line 2 already"}, {5, `"phc danapur" at 800001 is in line 2 already`}}
	if !reflect.DeepEqual(report.Refused, want) {
		t.Errorf("got %v", report.Refused)
	}
	if len(report.Notes) != 2 || report.Notes[0].Line != 6 || !strings.Contains(report.Notes[1].Reason, "with another code") {
		t.Errorf("got %v", report.Notes)
	}
}

// TestCentresSample reads a list of real centres. It cannot be in the
// repository, as nobody has licensed it.
func TestCentresSample(t *testing.T) {
	path := os.Getenv("TIKALINE_TEST_CENTRES")
	if path == "" {
		t.Skip("set TIKALINE_TEST_CENTRES to a list of centres")
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	list, report, err := ReadCentres(f, against())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d read, %d good, %d refused, %d notes", report.Read, report.Good, len(report.Refused), len(report.Notes))
	if len(list) != report.Good || report.Good+len(report.Refused) != report.Read || report.Good < report.Read*98/100 {
		t.Errorf("%d in %+v", len(list), report.Refused[:min(20, len(report.Refused))])
	}
}

func TestCleanName(t *testing.T) {
	cases := []struct{ name, from, to string }{
		{"date in words", "SDH Neemkathana 25 Feb", "SDH Neemkathana"},
		{"glued date", "Ketu Kalla 17Feb", "Ketu Kalla"},
		{"date in numbers", "Vajralli PHC 19.02.2021", "Vajralli PHC"},
		{"days from and to", "TH 22/02-24/02 Siddapur", "TH Siddapur"},
		{"session letter behind the date", "POLICE LINE -22FEB-B", "POLICE LINE"},
		{"mop-up", "Shigali PHC MOP-UP", "Shigali PHC"},
		{"everything", "KATRABAZAR MOP UP 18 FEB", "KATRABAZAR"},
		{"vaccine", "Sagardighi RH COVISHIELD", "Sagardighi RH"},
		{"ages", "UPHC Chetla (18+)", "UPHC Chetla"},
		{"dose", "CHC Danapur 2nd Dose", "CHC Danapur"},
		{"letter of a ward stays", "PHC Ward B", "PHC Ward B"},
		{"number of a ward stays", "UPHC Ward 82", "UPHC Ward 82"},
		{"month in a name stays", "Mayo Hospital 12", "Mayo Hospital 12"},
		{"house number stays", "Clinic 12/3", "Clinic 12/3"},
		{"Marchula stays", "PHC 12 Marchula", "PHC 12 Marchula"},
		{"nothing but noise stays", "MOP UP 18 FEB", "MOP UP 18 FEB"},
		{"Hindi stays", "पीएचसी दानापुर", "पीएचसी दानापुर"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := cleanName(c.from); got != c.to {
				t.Errorf("got %q", got)
			}
		})
	}
}

func FuzzReadCentres(f *testing.F) {
	f.Add(fullCentre)
	f.Add("sep=;\nname;pincode;government\n\"PHC\"\"\";८००००१;no\n")
	f.Add("\xef\xbb\xbfname,pincode,government,lat,lon\n\"a\nb\",800001,yes,25,85,,\n,,\n\"")
	f.Add("\x00\xff,\r\n")
	f.Fuzz(func(t *testing.T, file string) {
		list, report, err := readCentres(file)
		if len(list) != report.Good || err == nil && report.Good+len(report.Refused) != report.Read {
			t.Errorf("%d lines, %+v", len(list), report)
		}
		codes := make(map[string]bool)
		for _, c := range list {
			if c.Code == "" || codes[c.Code] || c.Name == "" || !wellFormed(c.Pincode) || c.District == 0 || !(source{lat: c.Lat, lon: c.Lon}).inIndia() {
				t.Errorf("took %+v", c)
			}
			codes[c.Code] = true
		}
	})
}

func FuzzCleanName(f *testing.F) {
	f.Add("KATRABAZAR MOP UP 18 FEB-01 PRI")
	f.Add("(18+) 1ST DOSE")
	f.Fuzz(func(t *testing.T, name string) {
		if clean := cleanName(name); len(clean) > len(name)+1 || name != "" && clean == "" {
			t.Errorf("%q became %q", name, clean)
		}
	})
}
