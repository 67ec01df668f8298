package ussd

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"tikaline/locales"
)

// fuzzDecoder feeds an adapter whatever comes: it says no with a status of
// the caller's fault, or makes an Event that can be answered and encoded.
func fuzzDecoder(f *testing.F, provider string, s Settings, method, rest string, seeds ...string) {
	s.Secret = "s3cret"
	r, err := newRoute(provider, s)
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range seeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		req := httptest.NewRequest(method, "/", nil)
		if method == http.MethodGet {
			req.URL = &url.URL{Path: "/", RawQuery: in}
		} else {
			req.Body = http.NoBody
			if in != "" {
				req = httptest.NewRequest(method, "/", strings.NewReader(in))
			}
		}
		rec := httptest.NewRecorder()
		c := echo.New().NewContext(req, rec)
		c.SetParamNames("*")
		c.SetParamValues(rest)
		e, err := r.adapter.Decode(c)
		if err == nil {
			err = r.complete(&e)
		}
		if err != nil {
			h, ok := errors.AsType[*echo.HTTPError](err)
			if !ok || h.Code < 400 || h.Code > 499 {
				t.Fatalf("%v", err)
			}
			return
		}
		if !e.Phase.valid() || e.SessionKey == "" || e.Phase.asks() && e.Number == "" {
			t.Fatalf("an event that cannot be answered: %#v", e)
		}
		e.Provider = provider
		if id := e.message().ID; len(id) > 64 {
			t.Errorf("id %q", id)
		}
		if err := r.adapter.Encode(c, e, Reply{Text: "है <&>\"\\ 1 Aadhaar\n0 Back"}); err != nil {
			t.Fatal(err)
		}
		if rec.Code != http.StatusOK {
			t.Errorf("status %d", rec.Code)
		}
	})
}

func FuzzAfricasTalking(f *testing.F) {
	fuzzDecoder(f, "africastalking", Settings{}, "POST", "",
		"phoneNumber=%2B919876543210&serviceCode=%2A384%2A100%23&text=1%2A700091&sessionId=ATUid_01ab&networkCode=99999",
		"sessionId=1&phoneNumber=tel:+919876543210&text=", "text=%", "")
}

func FuzzFlares(f *testing.F) {
	fuzzDecoder(f, "flares", Settings{Codes: map[string]string{"*167*7#": ""}}, "GET", "",
		"SessionID=13697502734175597&MSISDN=919876543210&MSC=167&input=167*7*1",
		"SessionID=1&msisdn=919876543210&clean=clean-session&error=522", "input=%zz")
}

func FuzzFlaresXML(f *testing.F) {
	fuzzDecoder(f, "flares", Settings{}, "POST", "",
		`<request type="pull"><sessionId>1</sessionId><transactionId>2</transactionId><msisdn>919876543210</msisdn><newRequest>1</newRequest><flowState>FD</flowState><subscriberInput>167</subscriberInput></request>`,
		"<request>", "<!DOCTYPE a [<!ENTITY b \"c\">]><request>&b;</request>")
}

func FuzzIMImobile(f *testing.F) {
	fuzzDecoder(f, "imimobile", Settings{}, "GET", "", "msisdn=9876543210&msg=1&code=VZ&tid=8fb1&dcs=no", "msisdn=9876543210&tid=1&msg="+url.QueryEscape(imiMobileAbort))
}

func FuzzInfobip(f *testing.F) {
	fuzzDecoder(f, "infobip", Settings{}, "POST", "session/s1/start",
		`{"msisdn":"919876543210","imsi":"404","shortCode":"*123#1#","text":"1","optional":"","ussdGwId":"11","language":null}`, `{"msisdn":9.19e11}`, "[")
}

func FuzzHubtel(f *testing.F) {
	fuzzDecoder(f, "hubtel", Settings{}, "POST", "",
		`{"SessionId":"3c79","Type":"Initiation","Message":"*713*100#","ServiceCode":"713","Operator":"airtel","Mobile":"919876543210","Sequence":1,"ClientState":"","Platform":"USSD"}`,
		`{"sessionid":1,"TYPE":"RELEASE","mobile":9876543210}`)
}

func FuzzTruRoute(f *testing.F) {
	fuzzDecoder(f, "truroute", Settings{}, "POST", "",
		"<ussd><msisdn>919876543210</msisdn><sessionid>1412</sessionid><type>1</type><msg>*120*100#</msg></ussd>", "<ussd><type>10</type>")
}

func generic1(f *testing.F, row string) *GenericConfig {
	c, err := ParseGeneric(strings.NewReader(rows[row]))
	if err != nil {
		f.Fatal(err)
	}
	return &c
}

func FuzzGenericForm(f *testing.F) {
	fuzzDecoder(f, "generic", Settings{}, "POST", "", "session=1&msisdn=9876543210&new=1", "session=1&msisdn=9876543210&input=%E0%A5%AB&id=4")
}

func FuzzGenericQuery(f *testing.F) {
	fuzzDecoder(f, "advanta", Settings{Provider: &generic{Config: generic1(f, "advanta")}}, "GET", "", "SESSIONID=t&USSDCODE=*415%23&MSISDN=919876543202&INPUT=*415*5%23")
}

func FuzzGenericJSON(f *testing.F) {
	fuzzDecoder(f, "beem", Settings{Provider: &generic{Config: generic1(f, "beem")}}, "POST", "",
		`{"session_id":"b","msisdn":"919876543202","operator":"airtel","command":"initiate","payload":{"request_id":1,"response":"*1#"}}`,
		`{"payload":{"payload":{"payload":{"payload":{"payload":{"payload":{"payload":{"payload":{"payload":{}}}}}}}}}}`)
}

func FuzzGenericXML(f *testing.F) {
	fuzzDecoder(f, "xml", Settings{Provider: &generic{Config: generic1(f, "xml")}}, "POST", "",
		`<dialog type="Begin" sessionId="x"><subscriber><msisdn>919876543201</msisdn></subscriber><text/></dialog>`, "<a><b><c><d><e><f><g><h><i><j/></i></h></g></f></e></d></c></b></a>")
}

// FuzzInput types anything at any question: there is always a screen that
// fits, and never an error.
func FuzzInput(f *testing.F) {
	for _, s := range []string{"", "1", "५", "98", "0", "00", "9", "1*2*3", "*#", "Asha Devi", "आशा देवी", "800001", "\x00\xff", "99999999999999999999", "1 \u200d 2", "-1", "+1", "1e3"} {
		f.Add(s, false)
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, in string, whole bool) {
		r := newRig(t)
		e := Event{Provider: "test", SessionKey: "s", Number: hindiCaller, Phase: Begin}
		if whole {
			e.Phase, e.Sep = Unclear, "*"
		}
		r.mustReply(t, e)
		all := ""
		for _, key := range []string{in, "4", in, in, "98"} {
			r.wait(10 * time.Second)
			e.Phase, e.Input = Input, key
			if whole {
				if all != "" {
					all += "*"
				}
				all += key
				e.Input = all
			}
			got := r.mustReply(t, e)
			if got.Text == "" || !locales.Fits(got.Text, DefaultBudget) {
				t.Fatalf("%q: %q", key, got.Text)
			}
		}
	})
}

// FuzzTidy: what was tidied stays so.
func FuzzTidy(f *testing.F) {
	for _, s := range []string{"1#", " ५ ", "*1*2#", "1.)", "\u200d"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		if once := tidy(in); tidy(once) != once {
			t.Errorf("%q becomes %q and then %q", in, once, tidy(once))
		}
	})
}
