package ussd

import (
	"net/url"
	"testing"
)

func TestFlares(t *testing.T) {
	get := func(number, session, input string) string {
		return "GET /ussd/flares/s3cret?SessionID=" + session + "&MSISDN=91" + number + "&MSC=167&input=" + url.QueryEscape(input) + "&userid=tika&password=line"
	}
	goOn := map[string]string{"Freeflow": "FC", "Charge": "N", "Amount": "0", "Content-Type": "text/plain; charset=utf-8"}
	contract{provider: "flares", settings: Settings{Provider: &flares{User: "tika", Password: "line"}, Codes: map[string]string{"*167*7#": ""}}, cases: map[string][]exchange{
		"hindi_text": {
			{request: get("9876543201", "13697502734175597", "167*7"), want: "{home hi}", header: goOn},
		},
		"dialled_ahead": {
			{request: get("9876543202", "1", "167*7*5"), want: "{help}", header: goOn},
		},
		"repeated_start": {
			{request: get("9876543202", "1", "167*7"), want: "{home}"},
			{request: get("9876543202", "1", "167*7"), want: "{home}"},
			{request: get("9876543202", "1", "5"), want: "{help}"},
			{request: get("9876543202", "1", "167*7"), want: "{help}"},
		},
		"wrong_key": {
			{request: get("9876543202", "1", "167*7"), want: "{home}", header: goOn},
			{request: get("9876543202", "1", "77"), want: "{wrong}", header: goOn},
		},
		"busy_breaks": {
			{request: get("9876543202", "1", "167*7"), want: "{busy}", header: map[string]string{"Freeflow": "FB"}, prepare: func(r *rig) { r.busy = true }},
		},
		"cleanup": {
			{request: get("9876543202", "1", "167*7"), want: "{home}"},
			{request: "GET /ussd/flares/s3cret?SessionID=1&msisdn=919876543202&clean=clean-session&error=522", want: "", header: map[string]string{"Freeflow": ""}},
		},
		"wrong_password": {
			{request: "GET /ussd/flares/s3cret?SessionID=1&MSISDN=919876543202&MSC=167&input=167*7&userid=tika&password=x", status: 404, want: notFound},
			{request: "GET /ussd/flares/s3cret?SessionID=1&MSISDN=919876543202&MSC=167&input=167*7", status: 404, want: notFound},
		},
		"bad_secret": {
			{request: "GET /ussd/flares/x?SessionID=1&MSISDN=919876543202&input=1", status: 404, want: notFound},
		},
		"missing_fields": {
			{request: "GET /ussd/flares/s3cret?MSISDN=919876543202&MSC=167*7&input=1&userid=tika&password=line", status: 400, want: `{"message":"SessionID is required"}`},
			{request: "GET /ussd/flares/s3cret?SessionID=1&MSC=167*7&input=1&userid=tika&password=line", status: 400, want: `{"message":"MSISDN is required"}`},
			{request: "GET /ussd/flares/s3cret?SessionID=1&MSISDN=919876543202&userid=tika&password=line", status: 400, want: `{"message":"input is required"}`},
		},
		"malformed": {
			{request: "GET /ussd/flares/s3cret?SessionID=%zz", status: 400, want: `{"message":"the request is malformed"}`},
		},
	}}.run(t)
}

func TestFlaresNames(t *testing.T) {
	// The names of another operator, with its own word for a new session.
	s := Settings{Provider: &flares{Fields: map[string]string{
		"SessionID": "transId", "MSISDN": "mobileNo", "MSC": "short_code", "input": "userData", "newRequest": "NEW_REQUEST",
	}}}
	contract{provider: "flares", settings: s, cases: map[string][]exchange{
		"other_names": {
			{request: "GET /ussd/flares/s3cret?userid=u&password=p&userData=*123%23&mobileNo=9876543202&transId=7&short_code=123&NEW_REQUEST=1", want: "{home}"},
			{request: "GET /ussd/flares/s3cret?userid=u&password=p&userData=5&mobileNo=9876543202&transId=7&short_code=123&NEW_REQUEST=0", want: "{help}"},
		},
		"missing_field_by_its_name": {
			{request: "GET /ussd/flares/s3cret?userData=5&transId=7", status: 400, want: `{"message":"mobileNo is required"}`},
		},
	}}.run(t)
}

func TestFlaresXML(t *testing.T) {
	post := func(number, transaction, first, state, input string) string {
		return "POST /ussd/flares/s3cret\nContent-Type: text/xml\n\n" + `<?xml version="1.0" encoding="UTF-8"?><request type="pull"><sessionId>s1</sessionId><transactionId>` + transaction +
			`</transactionId><msisdn>91` + number + `</msisdn><newRequest>` + first + `</newRequest><flowState>` + state + `</flowState><subscriberInput>` + input + `</subscriberInput></request>`
	}
	answer := func(number, transaction, state, text string) string {
		return `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<response><msisdn>91` + number + `</msisdn><sessionId>s1</sessionId><transactionId>` + transaction +
			`</transactionId><freeflow><freeflowState>` + state + `</freeflowState></freeflow><applicationResponse>` + text + `</applicationResponse></response>`
	}
	contract{provider: "flares", cases: map[string][]exchange{
		"hindi_text": {
			{request: post("9876543201", "t1", "1", "FD", "167"), want: answer("9876543201", "t1", "FC", "{home hi}"), escape: escapeXML,
				header: map[string]string{"Content-Type": "text/xml; charset=utf-8"}},
		},
		"printed_for_people": {
			{request: "POST /ussd/flares/s3cret\n\n<request type=\"pull\">\n<sessionId>\ns1\n</sessionId>\n<transactionId> t1 </transactionId>\n<msisdn> 919876543202 </msisdn>\n<newRequest> 1 </newRequest>\n<flowState> FD </flowState>\n<subscriberInput> 167 </subscriberInput>\n</request>",
				want: answer("9876543202", "t1", "FC", "{home}"), escape: escapeXML},
		},
		"repeated_delivery": {
			{request: post("9876543202", "t1", "1", "FD", "167"), want: answer("9876543202", "t1", "FC", "{home}"), escape: escapeXML},
			{request: post("9876543202", "t2", "0", "FD", "5"), want: answer("9876543202", "t2", "FC", "{help}"), escape: escapeXML},
			{request: post("9876543202", "t2", "0", "FD", "5"), want: answer("9876543202", "t2", "FC", "{help}"), escape: escapeXML},
			{request: post("9876543202", "t1", "1", "FD", "167"), want: answer("9876543202", "t1", "FC", "{help}"), escape: escapeXML},
		},
		"wrong_key": {
			{request: post("9876543202", "t1", "1", "FD", "167"), want: answer("9876543202", "t1", "FC", "{home}"), escape: escapeXML},
			{request: post("9876543202", "t2", "0", "FD", "77"), want: answer("9876543202", "t2", "FC", "{wrong}"), escape: escapeXML},
		},
		"end_of_the_flow": {
			{request: post("9876543202", "t1", "1", "FD", "167"), want: answer("9876543202", "t1", "FC", "{home}"), escape: escapeXML},
			{request: post("9876543202", "t2", "0", "FE", ""), want: answer("9876543202", "t2", "FB", "")},
		},
		"missing_field": {
			{request: "POST /ussd/flares/s3cret\n\n<request><sessionId>1</sessionId></request>", status: 400, want: `{"message":"msisdn is required"}`},
		},
		"malformed": {
			{request: "POST /ussd/flares/s3cret\n\n<request><sessionId>", status: 400, want: `{"message":"the request is malformed"}`},
			{request: "POST /ussd/flares/s3cret\n\nSessionID=1", status: 400, want: `{"message":"the request is malformed"}`},
		},
		"too_large": {
			{request: "POST /ussd/flares/s3cret\n\n<request>" + large, status: 413, want: `{"message":"Request Entity Too Large"}`},
		},
		"bad_secret": {
			{request: "POST /ussd/flares/x\n\n<request/>", status: 404, want: notFound},
		},
	}}.run(t)
}
