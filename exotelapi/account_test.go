package exotelapi

import "testing"

func TestAccount(t *testing.T) {
	a := Account{SID: "tika/1", Key: "k", Token: "t"}
	if err := a.Check(); err != nil {
		t.Error(err)
	}
	if got := a.Endpoint("Sms/send"); got != "https://api.in.exotel.com/v1/Accounts/tika%2F1/Sms/send" {
		t.Error(got)
	}
	a.BaseURL = "http://127.0.0.1:1/"
	if got := a.Endpoint("Calls/connect"); got != "http://127.0.0.1:1/v1/Accounts/tika%2F1/Calls/connect" {
		t.Error(got)
	}
	for name, a := range map[string]Account{"no_account": {Key: "k", Token: "t"}, "no_key": {SID: "s", Token: "t"}, "no_token": {SID: "s", Key: "k"}} {
		if a.Check() == nil {
			t.Errorf("%s: it is taken", name)
		}
	}
}

func TestID(t *testing.T) {
	for name, tt := range map[string]struct {
		body, id string
		ok       bool
	}{
		"xml":     {"<TwilioResponse><SMSMessage><Sid>0b6c</Sid>", "0b6c", true},
		"json":    {`{"Call":{"Sid" : "80bf"}}`, "80bf", true},
		"nothing": {"<TwilioResponse/>", "", false},
	} {
		if id, ok := ID([]byte(tt.body)); id != tt.id || ok != tt.ok {
			t.Errorf("%s: %q %v", name, id, ok)
		}
	}
	if !Refused(400, nil) || !Refused(200, []byte("<RestException>")) || Refused(200, []byte("<Sid>0b6c</Sid>")) {
		t.Error("what is refused is not known")
	}
}
