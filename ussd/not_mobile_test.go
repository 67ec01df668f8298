package ussd

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"tikaline/channel"
	"tikaline/locales"
)

// TestNot_mobile holds that a caller whom nobody could call back hears so in the
// form of each provider: an operator's error page tells them nothing.
func TestNot_mobile(t *testing.T) {
	for name, c := range map[string]struct {
		provider, dial, gone string // {N} is the number; gone tells that a session is over
	}{
		"africastalking": {"africastalking", "POST /ussd/africastalking/s3cret\n\nsessionId=a&phoneNumber={N}&serviceCode=*384*100%23&text=",
			"POST /ussd/africastalking/s3cret/events\n\nsessionId=a&phoneNumber={N}&status=Success"},
		"flares": {"flares", "GET /ussd/flares/s3cret?SessionID=1&MSISDN={N}&MSC=384&input=384*100", "GET /ussd/flares/s3cret?SessionID=1&msisdn={N}&clean=clean-session&error=522"},
		"flares_xml": {"flares", "POST /ussd/flares/s3cret\n\n<request><sessionId>s</sessionId><transactionId>t</transactionId><msisdn>{N}</msisdn><newRequest>1</newRequest><subscriberInput>384*100</subscriberInput></request>",
			"POST /ussd/flares/s3cret\n\n<request><sessionId>s</sessionId><msisdn>{N}</msisdn><flowState>FE</flowState></request>"},
		"imimobile": {"imimobile", "GET /ussd/imimobile/s3cret?msisdn={N}&msg=*384*100%23&tid=1", "GET /ussd/imimobile/s3cret?msisdn={N}&msg=Map+Dialog+User+Abort+User+Reason&tid=2"},
		"infobip":   {"infobip", "POST /ussd/infobip/s3cret/session/1/start\n\n" + `{"msisdn":"{N}","shortCode":"*384*100#"}`, ""},
		"hubtel": {"hubtel", "POST /ussd/hubtel/s3cret\n\n" + `{"SessionId":"1","Type":"Initiation","Message":"*384*100#","ServiceCode":"384","Mobile":"{N}","Sequence":1}`,
			"POST /ussd/hubtel/s3cret\n\n" + `{"SessionId":"1","Type":"Timeout","Mobile":"{N}"}`},
		"truroute": {"truroute", "POST /ussd/truroute/s3cret\n\n<ussd><msisdn>{N}</msisdn><sessionid>1</sessionid><type>1</type><msg>*384*100#</msg></ussd>",
			"POST /ussd/truroute/s3cret\n\n<ussd><msisdn>{N}</msisdn><sessionid>1</sessionid><type>3</type></ussd>"},
		"generic": {"generic", "POST /ussd/generic/s3cret\n\nsession=1&msisdn={N}&code=*384*100%23&input=&new=1", "POST /ussd/generic/s3cret/events\n\nsession=1&msisdn={N}&status=x"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			e := contract{provider: c.provider, settings: Settings{Secret: "s3cret", Codes: map[string]string{"*384*100#": locales.Bengali}}}.server(t, r)
			ask := func(raw, number string) *httptest.ResponseRecorder {
				rec := httptest.NewRecorder()
				e.ServeHTTP(rec, request(strings.Replace(raw, "{N}", number, 1)))
				return rec
			}
			want := r.NotMobile(Event{Phase: Begin, Lang: locales.Bengali}).Text
			for kind, number := range map[string]string{"fixed": "911123456789", "foreign": "254711222333", "short": "121", "hidden": "anonymous"} {
				if rec := ask(c.dial, number); rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), want) {
					t.Errorf("%s: %d %s", kind, rec.Code, rec.Body)
				}
				if c.gone == "" {
					continue
				}
				if rec := ask(c.gone, number); rec.Code != http.StatusOK || strings.Contains(rec.Body.String(), want) {
					t.Errorf("%s, gone: %d %s", kind, rec.Code, rec.Body)
				}
			}
			if len(r.store.Records) > 0 {
				t.Error("a conversation was kept")
			}
			if r.seen.outcomes[channel.Rejected] == 0 {
				t.Error("not counted")
			}
		})
	}
}

// TestNot_mobile_fits holds that all of the text is seen, in the smallest screen,
// also where the language is not known and it is said in two.
func TestNot_mobile_fits(t *testing.T) {
	r := newRig(t)
	in := func(lang string) string {
		words, err := r.Words.Text(lang, medium, textNotMobile, nil)
		if err != nil {
			t.Fatal(err)
		}
		return words
	}
	for _, lang := range locales.Languages {
		if got := r.NotMobile(Event{Phase: Begin, Lang: lang}); got.Text != in(lang) || !got.End {
			t.Errorf("%s: %q", lang, got.Text)
		}
		if got := r.NotMobile(Event{Phase: Begin, LangHint: lang}); !strings.Contains(got.Text, in(locales.English)) {
			t.Errorf("%s and English: %q", lang, got.Text)
		}
	}
}
