package sms

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/quick"
)

// understood writes a Message on one line, for tables that can be read.
func understood(m Message) string {
	s := string(m.Command)
	add := func(name, value string) {
		if value != "" {
			s += " " + name + "=" + value
		}
	}
	add("speak", m.Speak)
	add("pin", m.Pincode)
	add("year", m.Year)
	add("name", m.Name)
	add("phone", string(m.Phone))
	add("ref", m.Reference)
	if m.Number != 0 {
		s += fmt.Sprintf(" n=%d", m.Number)
	}
	if m.Command != CommandAnswer {
		add("rest", m.Rest)
	}
	add("guessed", m.Guessed)
	if !m.Sure {
		s += " unsure"
	}
	return s
}

func TestParse(t *testing.T) {
	k := keywords(t)
	for group, cases := range parseCases {
		t.Run(group, func(t *testing.T) {
			for in, want := range cases {
				if got := understood(k.Parse(in)); got != want {
					t.Errorf("%q\n got %s\nwant %s", in, got, want)
				}
			}
		})
	}
}

// parseCases are what people send, by what it is about: text in, what is
// understood out.
var parseCases = map[string]map[string]string{
	"reference_examples": {
		"Regsiter":       "register guessed=REGISTER unsure",
		"pin:११०००१":     "pin pin=110001",
		"পিন ৭০০০০১":     "pin pin=700001",
		"पिन ७००००१":     "pin pin=700001",
		"कैंसिल।":        "cancel",
		"statsu":         "status guessed=STATUS unsure",
		"BOOKK 2":        "book n=2 guessed=BOOK unsure",
		"stpo":           "answer",
		"CALCEL":         "answer",
		"PIN110001":      "pin pin=110001",
		"110 001":        "pin pin=110001",
		"STOP":           "stop",
		"STOP PLEASE":    "stop_ask unsure",
		"HI":             "menu",
		"":               "nothing unsure",
		"?":              "help",
		"👍":              "rubbish unsure",
		"P I N 110001":   "pin pin=110001 rest=P I N unsure",
		"PIN<space>8000": "pin rest=8000 unsure",
	},
	"pincode": {
		"110001":                "pin pin=110001",
		" 110001. ":             "pin pin=110001",
		"१ १ ० ० ० १":           "pin pin=110001",
		"110-001":               "pin pin=110001",
		"8 00001":               "pin pin=800001",
		"PIN":                   "pin",
		"PIN 110 001":           "pin pin=110001",
		"pin code no. 11 00 01": "pin pin=110001",
		"PIN<space>110001":      "pin pin=110001",
		"PIN <pincode>":         "pin",
		"“pin” – ‘110001’":      "pin pin=110001",
		"#110001#":              "pin pin=110001",
		"110001 PIN":            "pin pin=110001",
		"पिनकोड ८००००१।":         "pin pin=800001",
		"केन्द्र 800001":         "pin pin=800001",
		"টিকা কেন্দ্র ৭০০০০১":    "pin pin=700001",
		"kendro 700001 please":   "pin pin=700001",
		"my pincode is 110001":   "pin pin=110001",
		"Patna 800001":           "pin pin=800001 rest=Patna unsure",
		"8OOOO1":                 "pin pin=800001",
		"PIN 8OOOO1":             "pin pin=800001",
		"PIN8oooo1":              "pin pin=800001",
		"11O OO1":                "pin pin=110001",
		"pin no 110001":          "pin pin=110001",
		"No. 110001":             "pin pin=110001",
		"ok 110001":              "pin pin=110001 unsure",
		"hello 110001":           "pin pin=110001 unsure",
		"PIN 011001":             "pin rest=011001 unsure",
		"PIN 1100011":            "pin rest=1100011 unsure",
		"PIN 11000":              "pin rest=11000 unsure",
		"PIN 110001 110002":      "pin",
		"110001 110001":          "pin pin=110001",
		"011001":                 "answer",
		"110001 +91 98765 43210": "pin pin=110001 phone=+919876543210",
		"800001 1958":            "pin pin=800001 year=1958",
		"15/8/1947":              "answer year=1947",
		"12 1990":                "answer year=1990 n=12",
		"15/08/47":               "answer",
		"ＰＩＮ　１１０００１":             "pin pin=110001",
		"P\x00I\x00N\x001\x001\x000\x000\x000\x001\x00": "pin pin=110001",
		"\xff\xfeP\x00I\x00N\x00":                       "pin",
		"centr 110001":                                  "pin pin=110001 guessed=CENTER unsure",
	},
	"register": {
		"REG":                              "register",
		"REG 1990 Asha Devi":               "register year=1990 name=Asha Devi",
		"REG Asha Devi 1990":               "register year=1990 name=Asha Devi",
		"Asha Devi 1990 reg":               "register year=1990 name=Asha Devi",
		"1990 Asha Devi REG":               "register year=1990 name=Asha Devi",
		"reg1990Asha":                      "register year=1990 name=Asha",
		"REG Asha Devi":                    "register name=Asha Devi",
		"Asha Devi reg":                    "register name=Asha Devi",
		"REG, 1990, Asha Devi.":            "register year=1990 name=Asha Devi",
		"REG<space>1990<space>asha devi":   "register year=1990 name=asha devi",
		"REG <birth year> <name>":          "register",
		"REG Asha Devi, 1990, passport":    "register year=1990 name=Asha Devi rest=passport",
		"REG 15/8/1947 Md. Salim":          "register year=1947 name=Md. Salim",
		"REG 1947-08-15 Md. Salim":         "register year=1947 name=Md. Salim",
		"REG 15081947 Salim":               "register year=1947 name=Salim",
		"REG Salim 15th Aug 1947":          "register year=1947 name=Salim",
		"REG Salim Aug 15, 1947":           "register year=1947 name=Salim",
		"REG Mohammad Jan 1990":            "register year=1990 name=Mohammad Jan",
		"REG 1990 D'Souza-Kumar":           "register year=1990 name=D'Souza-Kumar",
		"REG 1990 N Kumar":                 "register year=1990 name=N Kumar",
		"REG 1990 Na Devi":                 "register year=1990 name=Na Devi",
		"REG 1990 Amar Singh":              "register year=1990 name=Amar Singh",
		"REG 1990 Tika Ram":                "register year=1990 name=Tika Ram",
		"REG 1990 Asha Devi 9876543210":    "register year=1990 name=Asha Devi phone=+919876543210",
		"REG 1990 Asha Devi PIN 110001":    "register pin=110001 year=1990 name=Asha Devi",
		"REG name Asha Devi year 1990":     "register year=1990 name=Asha Devi",
		"reg mera naam Asha Devi hai 1990": "register year=1990 name=Asha Devi",
		"please reg Asha Devi 1990":        "register year=1990 name=Asha Devi",
		"REG 1990 1992 Asha":               "register name=Asha",
		"रजिस्टर १९५८ आशा देवी": "register year=1958 name=आशा देवी",
		"पंजीकरण आशा देवी 1958": "register year=1958 name=आशा देवी",
		"টিকা ১৯৫৮ আশা দেবী":    "register year=1958 name=আশা দেবী",
		"নিবন্ধন ১৯৫৮ আশা কর":   "register year=1958 name=আশা কর",
		"TIKA 1958 Asha":                 "register year=1958 name=Asha",
		"Tika Ram":                       "register name=Ram unsure",
		"Regsiter 1990 Asha Devi":        "register year=1990 name=Asha Devi guessed=REGISTER unsure",
		"Asha Devi 1990":                 "answer year=1990 name=Asha Devi",
		"Tina Devi 1990":                 "answer year=1990 name=Tina Devi",
		"vaccine registration Asha 1990": "register year=1990 name=Asha",
		"REG 1990 আশা\u09cd\u200cর":      "register year=1990 name=আশা\u09cd\u200cর",
	},
	"book": {
		"BOOK 2":           "book n=2",
		"BOOK2":            "book n=2",
		"2 BOOK":           "book n=2",
		"book #2":          "book n=2",
		"book no. 2":       "book n=2",
		"बुक २":            "book n=2",
		"बुक करें 2":       "book n=2",
		"বুক ২":            "book n=2",
		"buk 12":           "book n=12",
		"BOOK":             "book",
		"book centre 2":    "book n=2",
		"book 110001":      "book pin=110001",
		"BOOK 2 3":         "book rest=2 3 unsure",
		"haan book 2":      "book n=2 unsure",
		"haan book karo 2": "book n=2 unsure",
		"don't book na":    "answer",
		"slot booking":     "book",
		"I want to book":   "book rest=I want unsure",
	},
	"status_change_cancel": {
		"STATUS":                "status",
		"booking status":        "status",
		"स्थिति":                "status",
		"টিকার অবস্থা":          "status rest=টিকার unsure",
		"STATUS 9876543210":     "status phone=+919876543210",
		"STATUS 12345678901234": "status ref=12345678901234",
		"change":                "change",
		"change my booking":     "change",
		"booking badlo":         "change",
		"cancel my booking":     "cancel",
		"booking cancel karo":   "cancel",
		"बुकिंग रद्द करें": "cancel",
		"বাতিল করুন":       "cancel",
		"cancle":           "answer",
		"cancell":          "answer",
		"batill":           "answer",
		"cancel nahi":      "answer",
	},
	"language": {
		"LANG":               "language",
		"LANG HINDI":         "language speak=hi",
		"HINDI":              "language speak=hi",
		"hin":                "language speak=hi",
		"HINDI ABC":          "language speak=hi-Latn",
		"Hindi Latin":        "language speak=hi-Latn",
		"hinglish":           "language speak=hi-Latn",
		"BANGLA ABC":         "language speak=bn-Latn",
		"LANG BENGALI ROMAN": "language speak=bn-Latn",
		"English":            "language speak=en",
		"ENGLISH ABC":        "language speak=en",
		"हिन्दी":             "language speak=hi",
		"हिंदी में":          "language speak=hi",
		"भाषा बंगला":         "language speak=bn",
		"भाषा बांग्ला":       "language speak=bn",
		"अंग्रेज़ी":          "language speak=en",
		"हिंदी एबीसी":        "language speak=hi-Latn",
		"ভাষা হিন্দি":        "language speak=hi",
		"বাংলা":              "language speak=bn",
		"বাংলা রোমান":        "language speak=bn-Latn",
		"ইংরেজি":             "language speak=en",
		"change to hindi":    "language speak=hi",
		"bhasha badlo":       "language",
		"LANG ABC":           "language",
		"LANG 2":             "language n=2",
		"LANG HINDI ENGLISH": "language",
		"hindi english abc":  "language speak=hi-Latn",
		"ENGLSIH":            "language speak=en guessed=ENGLISH unsure",
		"Ramila Ben":         "answer",
		"I speak hindi":      "answer",
		"hi hindi":           "language speak=hi unsure",
	},
	"help_call_tell_menu": {
		"HELP":                 "help",
		"help me please":       "help",
		"मदद चाहिए":            "help",
		"mujhe madad chahiye":  "help",
		"সাহায্য চাই":          "help",
		"CALL":                 "call",
		"call me":              "call",
		"call 98765 43210":     "call phone=+919876543210",
		"মেনু":                 "help",
		"TELL 110001":          "tell pin=110001",
		"tell me":              "tell",
		"slot batao":           "tell",
		"खबर 800001":           "tell pin=800001",
		"জানান ৭০০০০১":         "tell pin=700001",
		"status batao":         "status",
		"HELLO":                "menu",
		"namaste ji":           "menu",
		"নমস্কার":              "menu",
		"hello help":           "help unsure",
		"hallo":                "menu guessed=HELLO unsure",
		"helo":                 "answer",
		"Madan Lal":            "answer",
		"Madan":                "help guessed=MADAD unsure",
		"tall":                 "answer",
		"??":                   "help",
		"how are things today": "answer",
	},
	"stop_start": {
		"stop":          "stop",
		"Stop.":         "stop",
		"«STOP»":        "stop",
		"बंद":           "stop",
		"बन्द":          "stop",
		"বন্ধ":          "stop",
		"bandh":         "stop",
		"STOPALL":       "stop",
		"STOP ALL":      "stop_ask unsure",
		"STOP 1":        "stop_ask n=1 unsure",
		"STOP STOP":     "stop_ask unsure",
		"please stop":   "stop_ask unsure",
		"S T O P":       "stop_ask unsure",
		"s.t.o.p":       "stop_ask unsure",
		"बंद करो":       "stop_ask unsure",
		"SMS band karo": "stop_ask unsure",
		"stop sending me these messages every single day now": "stop_ask unsure",
		"when does the centre stop":                           "pin rest=when does unsure",
		"stopp":                                               "answer",
		"sotp":                                                "answer",
		"slop":                                                "answer",
		"START":                                               "start",
		"start please":                                        "start",
		"शुरू":                                                "start",
		"चालू करें":                                           "start",
		"শুরু":                                                "start",
		"strat":                                               "answer",
		"stat":                                                "answer",
		"start the car":                                       "answer",
	},
	"yes_no_choice": {
		"YES":        "yes",
		"y":          "yes",
		"ok ji":      "yes",
		"हाँ":        "yes",
		"हां जी":     "yes",
		"जी":         "yes",
		"ji haan":    "yes",
		"হ্যাঁ":      "yes",
		"no":         "no",
		"ji nahi":    "no",
		"ना":         "no",
		"না":         "no",
		"yes no":     "answer",
		"yess":       "answer",
		"nahii":      "answer",
		"yes 2":      "answer n=2",
		"No 2":       "answer n=2",
		"1":          "choice n=1 rest=1",
		"1.":         "choice n=1 rest=1",
		"#2":         "choice n=2 rest=2",
		"2️⃣":        "choice n=2 rest=2",
		"২":          "choice n=2 rest=2",
		"2 please":   "choice n=2 rest=2",
		"option 2":   "choice n=2 rest=2",
		"00":         "choice rest=00",
		"98":         "choice n=98 rest=98",
		"1 2":        "answer",
		"1990":       "answer year=1990",
		"123":        "answer",
		"yes please": "yes",
	},
	"answers": {
		"Asha Devi":      "answer",
		"आशा देवी":       "answer",
		"Call Na":        "answer",
		"Aadhaar":        "answer",
		"9876543210":     "answer phone=+919876543210",
		"+65 6123 4567":  "answer n=65",
		"2341 2341 2346": "answer",
		"ABCDE1234F":     "answer",
		"வணக்கம்":        "answer",
		"please":         "answer",
	},
	"rubbish": {
		"   \n\t ":                       "nothing unsure",
		"\u200b\ufeff":                   "nothing unsure",
		"...!!":                          "rubbish unsure",
		"🙏🏽🇮🇳":                           "rubbish unsure",
		"\x00\x01\x02\x03":               "rubbish unsure",
		"\xff\xfe\xfd":                   "rubbish unsure",
		"\x89PNG\r\n\x1a\n\x80\x81\x82a": "rubbish unsure",
	},
}

// TestParse_answer_is_as_typed: an answer keeps its case and its letters.
func TestParse_answer_is_as_typed(t *testing.T) {
	m := keywords(t).Parse("  Asha   O'Brien ")
	if m.Command != CommandAnswer || m.Rest != "Asha O'Brien" {
		t.Errorf("got %+v", m)
	}
}

// TestParse_long: a text ten times as long as any takes ten times as long, not
// a hundred times.
func TestParse_long(t *testing.T) {
	k := keywords(t)
	for name, s := range map[string]string{
		"words":    strings.Repeat("Regsiter mujhe Asha ", 100),
		"digits":   strings.Repeat("1 ", 1000),
		"pincodes": strings.Repeat("110001 ", 300),
		"one_word": strings.Repeat("প্র", 1000),
		"marks":    "क" + strings.Repeat("\u0901\u200d", 4000),
		"os":       strings.Repeat("8O", 2000),
		"stops":    strings.Repeat("STOP ", 400),
		"names":    "REG 1990 " + strings.Repeat("Asha Devi ", 200),
		"labels":   "REG 1990 " + strings.Repeat("name Asha ", 200),
		"tika":     strings.Repeat("tika ", 20000),
	} {
		t.Run(name, func(t *testing.T) {
			for _, c := range []Command{CommandYes, CommandNo, CommandCancel, CommandStart, CommandStop} {
				if m := k.Parse(s); m.Command == c {
					t.Errorf("understood %+v", m)
				}
			}
			k.Machine(s)
		})
	}
}

func TestMachine(t *testing.T) {
	k := keywords(t)
	for file, want := range map[string]bool{"machines.txt": true, "people.txt": false} {
		b, err := os.ReadFile(filepath.Join("testdata", "keywords", file))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for line := range strings.Lines(string(b)) {
			line = strings.TrimSpace(line)
			if line == "" || strings.HasPrefix(line, "#") {
				continue
			}
			n++
			if got := k.Machine(line); got != want {
				t.Errorf("%s: %v", line, got)
			}
		}
		if n < 10 {
			t.Errorf("%s has %d texts", file, n)
		}
	}
	t.Run("our_own", func(t *testing.T) {
		own, err := LoadKeywords("Sorry, we still did not understand. Send CALL and we will call you.", "Yes, cancel")
		if err != nil {
			t.Fatal(err)
		}
		if !own.Machine("> sorry we still did not understand! Send CALL, and we will call you") {
			t.Error("a text of ours came back unnoticed")
		}
		if own.Machine("yes, cancel that booking please") {
			t.Error("a person was taken for a machine")
		}
	})
	if err := quick.Check(func(s string) bool { k.Machine(s); return true }, nil); err != nil {
		t.Error(err)
	}
}
