package sms

import (
	"testing"

	"tikaline/locales"
)

// TestKeyword_in_every_language sends each keyword in each language and its
// letters, as somebody with a booking who has that language.
func TestKeyword_in_every_language(t *testing.T) {
	languages := []string{locales.English, locales.Hindi, locales.HindiLatin, locales.Bengali, locales.BengaliLatin}
	for name, c := range map[string]struct {
		texts [5]string // in the order above
		at    string
		says  string // the message that the answer is
	}{
		"register": {[5]string{"REG 1958 Asha Devi", "पंजीकरण १९५८ आशा देवी", "PANJIKARAN 1958 Asha Devi", "নিবন্ধন ১৯৫৮ আশা দেবী", "NIBONDHON 1958 Asha Devi"}, "register/gender", ""},
		"pincode":  {[5]string{"PIN 800001", "पिन: ८००००१", "KENDRA 800001", "পিন ৮০০০০১।", "KENDRO 800001"}, "find/centre", ""},
		"bare":     {[5]string{"800001", "८०० ००१", "PIN800001", "৮০০০০১", "800-001"}, "find/centre", ""},
		"book":     {[5]string{"BOOK", "बुक", "BUK", "বুক", "BUK"}, "book/who", ""},
		"status":   {[5]string{"STATUS", "स्थिति", "STHITI", "অবস্থা", "OBOSTHA"}, "mine/do", ""},
		"change":   {[5]string{"CHANGE", "बदलें", "BADLE", "বদল", "BODOL"}, "mine/offer", ""},
		"cancel":   {[5]string{"CANCEL", "रद्द", "RADD", "বাতিল", "BATIL"}, "", textWhat},
		"language": {[5]string{"LANG", "भाषा", "BHASHA", "ভাষা", "BHASHA"}, "", "language.pick"},
		"help":     {[5]string{"HELP", "मदद", "MADAD", "সাহায্য", "SAHAJJO"}, "", textHelp},
		"call":     {[5]string{"CALL", "कॉल", "PHONE", "কল", "FON"}, "", textCalling},
		"tell":     {[5]string{"TELL", "बताओ", "BATAO", "জানাও", "JANAO"}, "", textTell},
		"stop":     {[5]string{"STOP", "बंद", "BAND", "বন্ধ", "BONDHO"}, "", textStop},
		"start":    {[5]string{"START", "शुरू", "SHURU", "শুরু", "SHURU"}, "home/pick", ""},
		"menu":     {[5]string{"HELLO", "नमस्ते", "NAMASTE", "নমস্কার", "NOMOSKAR"}, "home/pick", ""},
		"yes":      {[5]string{"YES", "हाँ", "HAAN", "হ্যাঁ", "HYAN"}, "", textUnknown},
		"no":       {[5]string{"NO", "नहीं", "NAHI", "না", "NA"}, "", textUnknown},
	} {
		for i, lang := range languages {
			t.Run(name+"/"+lang, func(t *testing.T) {
				r := newRig(t)
				n := stranger
				r.core(n).House.Language = lang
				r.household(n, true)
				got := r.text(t, n, c.texts[i])
				queued := r.box.Queued[n]
				if got == "" || len(queued) != 1 {
					t.Fatalf("%q was not answered", c.texts[i])
				}
				d := queued[0].Data
				if at := r.at(t, n); at != c.at || c.says != "" && d.Says != c.says || d.Lang != lang {
					t.Errorf("%q leads to %q and says %s in %s:\n%s", c.texts[i], at, d.Says, d.Lang, got)
				}
			})
		}
	}
}

// TestNewcomer_is_answered_at_once: before a language is chosen, what cannot
// wait for it is said in the language of the text where its letters or its
// keyword decide, and else in the default one.
func TestNewcomer_is_answered_at_once(t *testing.T) {
	for name, c := range map[string]struct {
		texts []string // the last one counts
		says  string
		lang  string
	}{
		"CALL":                     {[]string{"CALL"}, textCalling, "hi"},
		"CALL_in_Bengali":          {[]string{"কল"}, textCalling, "bn"},
		"CALL_of_Bengali_in_Latin": {[]string{"FON"}, textCalling, "bn-Latn"},
		"HELP":                     {[]string{"HELP"}, textHelp, "hi"},
		"HELP_in_Bengali":          {[]string{"সাহায্য"}, textHelp, "bn"},
		"HELP_of_Hindi_in_Latin":   {[]string{"MADAD"}, textHelp, "hi-Latn"},
		"HELP_in_the_question":     {[]string{"BOOK", "HELP"}, textHelp, "en"},
		"STOP":                     {[]string{"STOP"}, textStop, "hi"},
		"STOP_in_Bengali":          {[]string{"বন্ধ"}, textStop, "bn"},
		"STOP_of_Bengali_in_Latin": {[]string{"BONDHO"}, textStop, "bn-Latn"},
		"STOP_of_Hindi_in_Latin":   {[]string{"ROKO"}, textStop, "hi-Latn"},
		"START_after_STOP":         {[]string{"STOP", "শুরু"}, textStart, "bn"},
		"START_of_both_tongues":    {[]string{"STOP", "SHURU"}, textStart, "hi"},
		"HELP_after_STOP":          {[]string{"STOP", "সাহায্য"}, textStopped, "bn"},
		"START":                    {[]string{"START"}, "language.pick", "hi"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.text(t, stranger, c.texts...)
			queued := r.box.Queued[stranger]
			if len(queued) != len(c.texts) {
				t.Fatalf("%d answers", len(queued))
			}
			if d := queued[len(queued)-1].Data; d.Says != c.says || d.Lang != c.lang {
				t.Errorf("says %s in %s, want %s in %s: %s", d.Says, d.Lang, c.says, c.lang, d.Text)
			}
		})
	}
}

// TestHints: what our own words tell people to send is understood.
func TestHints(t *testing.T) {
	for lang, words := range map[string]map[string]Command{
		locales.English: {"CALL": CommandCall, "BOOK": CommandBook, "STATUS": CommandStatus, "REG": CommandRegister, "CHANGE": CommandChange, "CANCEL": CommandCancel, "LANG": CommandLanguage, "HELP": CommandHelp, "STOP": CommandStop, "START": CommandStart},
		locales.Hindi:   {"कॉल": CommandCall, "बुक": CommandBook, "स्थिति": CommandStatus, "पंजीकरण": CommandRegister, "बदलें": CommandChange, "रद्द": CommandCancel, "भाषा": CommandLanguage, "मदद": CommandHelp, "बंद": CommandStop, "शुरू": CommandStart},
		locales.Bengali: {"কল": CommandCall, "বুক": CommandBook, "অবস্থা": CommandStatus, "নিবন্ধন": CommandRegister, "বদল": CommandChange, "বাতিল": CommandCancel, "ভাষা": CommandLanguage, "সাহায্য": CommandHelp, "বন্ধ": CommandStop, "শুরু": CommandStart},
	} {
		for w, want := range words {
			if got := keywords(t).Parse(w); got.Command != want {
				t.Errorf("%s in %s is %s, want %s", w, lang, got.Command, want)
			}
		}
	}
}
