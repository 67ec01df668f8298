package ussd

import (
	"net/http"
	"net/url"
	"testing"
)

func TestIMImobile(t *testing.T) {
	get := func(number, msg, tid string) string {
		return "GET /ussd/imimobile/s3cret?msisdn=" + number + "&msg=" + url.QueryEscape(msg) + "&code=VZ&tid=" + tid + "&dcs=no"
	}
	open, closed := map[string]string{"X-USSD-SESSION": "1"}, map[string]string{"X-USSD-SESSION": "0"}
	contract{provider: "imimobile", cases: map[string][]exchange{
		"hindi_text": {
			{request: get("9876543201", "*123#", "t1"), want: "{home hi}", header: map[string]string{"X-USSD-SESSION": "1", "Content-Type": "text/plain; charset=utf-8"}},
		},
		"the_number_is_the_session": {
			{request: get("9876543202", "", "t1"), want: "{home}", header: open},
			{request: get("9876543202", "5", "t2"), want: "{help}", header: open},
			{request: get("9876543202", "5", "t3"), want: "{home}", header: open, wait: NumberTTL},
		},
		"dialling_again_begins_anew": {
			{request: get("9876543202", "*384*100#", "t1"), want: "{home}", header: open},
			{request: get("9876543202", "5", "t2"), want: "{help}", header: open},
			{request: get("9876543202", "*384*100#", "t3"), want: "{home}", header: open},
			{request: get("9876543202", "*384*100#", "t3"), want: "{home}", header: open},
			{request: get("9876543202", "5", "t4"), want: "{help}", header: open},
		},
		"a_newcomer_dials_again": {
			{request: get("9876543203", "*384*100#", "t1"), want: "{language}", header: open},
			{request: get("9876543203", "*384*100#", "t2"), want: "{language}", header: open},
		},
		"stars_around_an_answer": {
			{request: get("9876543202", "", "t1"), want: "{home}", header: open},
			{request: get("9876543202", "*5#", "t2"), want: "{help}", header: open},
		},
		"repeated_delivery": {
			{request: get("9876543202", "", "t1"), want: "{home}", header: open},
			{request: get("9876543202", "5", "t2"), want: "{help}", header: open},
			{request: get("9876543202", "5", "t2"), want: "{help}", header: open},
			{request: get("9876543202", "", "t1"), want: "{help}", header: open},
		},
		"wrong_key": {
			{request: get("9876543202", "", "t1"), want: "{home}"},
			{request: get("9876543202", "77", "t2"), want: "{wrong}", header: open},
		},
		"abort_closes_the_session": {
			{request: get("9876543202", "", "t1"), want: "{home}"},
			{request: get("9876543202", "5", "t2"), want: "{help}"},
			{request: get("9876543202", "Map Dialog User Abort User Reason: User specific reason", "t3"), want: "", header: closed},
			{request: get("9876543202", "", "t4"), want: "{home}", header: open},
		},
		"busy_ends": {
			{request: get("9876543202", "", "t1"), want: "{busy}", header: closed, prepare: func(r *rig) { r.busy = true }},
		},
		"our_fault_is_worded": {
			{request: get("9876543202", "", "t1"), want: "{sorry hi}", header: closed, prepare: func(r *rig) { r.store.LoadErr = http.ErrServerClosed }},
		},
		"missing_fields": {
			{request: "GET /ussd/imimobile/s3cret?msg=1&tid=1", status: 400, want: `{"message":"msisdn is required"}`},
			{request: "GET /ussd/imimobile/s3cret?msisdn=9876543202&tid=1", status: 400, want: `{"message":"msg is required"}`},
			{request: "GET /ussd/imimobile/s3cret?msisdn=9876543202&msg=1", status: 400, want: `{"message":"tid is required"}`},
		},
		"bad_secret": {
			{request: "GET /ussd/imimobile/x?msisdn=9876543202", status: 404, want: notFound},
			{request: "POST /ussd/imimobile/s3cret\n\n" + large, status: 404, want: notFound},
		},
		"malformed": {
			{request: "GET /ussd/imimobile/s3cret?msisdn=%", status: 400, want: `{"message":"the request is malformed"}`},
		},
	}}.run(t)
}
