package dialog_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"

	"github.com/google/uuid"

	"tikaline/dialog"
)

// full is a State with everything in it that there is.
var full = dialog.State{
	Lang: "hi-Latn",
	Frames: []dialog.Frame{
		{Flow: "book", Step: "slot", Run: uuid.MustParse("0199b6a0-5c3f-7d2e-8a4b-1f2e3d4c5b6a"), Trail: []dialog.Mark{
			{Step: "who"},
			{Step: "place", Sub: &dialog.Frame{
				Flow: "find", Step: "centre", Trail: []dialog.Mark{{Step: "pincode"}},
				Answers: json.RawMessage(`{"pincode":"800001","offers":[{"c":7,"km":1.5,"free":3}]}`),
			}},
		}, Answers: json.RawMessage(`{"reference":"12345678901234","place":7}`)},
		{Flow: "register", Step: "gender", Answers: json.RawMessage(`{"name":"{\"सीता\\","id":"}"}`)},
		{},
	},
	Note:    "slot_full",
	Wrong:   12,
	Channel: map[string]json.RawMessage{"ussd": json.RawMessage(`{"session":"abc","rest":["a \"b\" }","{"]}`), "sms": json.RawMessage(`{}`)},
	Last:    "ussd",
}

// TestEncode has a State stored as json.Marshal would.
func TestEncode(t *testing.T) {
	strange := full
	strange.Note, strange.Last = `"<`+"\n", "\u2028é\xff"
	strange.Channel = map[string]json.RawMessage{"a\"b": nil, "é": json.RawMessage(`[1]`), "<": json.RawMessage(`"{"`)}
	for name, tt := range map[string]struct {
		state  dialog.State
		itself bool
	}{
		"empty": {dialog.State{}, true}, "full": {full, true}, "strange": {strange, false},
		"language": {dialog.State{Lang: "bn"}, true}, "wrong below zero": {dialog.State{Wrong: -1}, false},
		"no channel":                 {dialog.State{Channel: map[string]json.RawMessage{}}, true},
		"answers that are no object": {dialog.State{Frames: []dialog.Frame{{Answers: json.RawMessage(`[]`)}}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := dialog.Encode(&tt.state)
			if err != nil {
				t.Fatal(err)
			}
			want, err := json.Marshal(tt.state)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("stores %s\nwant   %s", got, want)
			}
			var after, same dialog.State
			itself, err := dialog.Unmarshal(got, &after)
			if err != nil || itself != tt.itself {
				t.Errorf("read by itself: %v, %v", itself, err)
			}
			if err := json.Unmarshal(want, &same); err != nil || !reflect.DeepEqual(after, same) {
				t.Errorf("reads %+v\nwant  %+v, %v", after, same, err)
			}
		})
	}
}

// FuzzUnmarshal reads as json.Unmarshal does whatever is JSON.
func FuzzUnmarshal(f *testing.F) {
	b, err := dialog.Encode(&full)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	for _, s := range []string{
		``, `{`, `{}`, ` {}`, `{,"lang":"hi"}`, `{"lang":"hi","lang":"bn"}`, `{"LANG":"hi"}`, `{"lang":null}`, `{"lang":"h\u0069"}`,
		`{"frames":[]}`, `{"frames":null}`, `{"frames":[{"flow":"a","step":"b","run":"x"}]}`, `{"wrong":01}`, `{"wrong":1.5}`, `{"wrong":99999999999999999999}`,
		`{"channel":{}}`, `{"channel":{"a":{},"a":{"b":"\\\""}}}`, `{"channel":{"a":null}}`, `{"last":"ussd","note":"late"}`, `{"wrong":`,
		`{"frames":[{"flow":"a","step":"b","run":"00000000-0000-0000-0000-000000000000","trail":[{"step":"c","sub":null}]}]}`,
		`{"frames":[{"step":"b","flow":"a","run":"00000000000000000000000000000000"}],"mood":"good"}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var got, want dialog.State
		itself, err := dialog.Unmarshal(b, &got)
		if wantErr := json.Unmarshal(b, &want); wantErr != nil {
			if _, syntax := wantErr.(*json.SyntaxError); err == nil && !syntax {
				t.Fatalf("reads %q by itself (%v), json.Unmarshal does not: %v", b, itself, wantErr)
			}
			return // answers that are no JSON are found when somebody reads them
		}
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("reads %q by itself (%v) as %+v, %v, want %+v", b, itself, got, err, want)
		}
	})
}
