package ussd

import (
	"testing"

	"tikaline/dialog"
)

func TestTruRoute(t *testing.T) {
	post := func(number, kind, msg string) string {
		return "POST /ussd/truroute/s3cret\nContent-Type: text/xml\n\n<ussd><msisdn>91" + number + "</msisdn><sessionid>1412</sessionid><type>" + kind + "</type><msg>" + msg + "</msg></ussd>"
	}
	answer := func(kind, text string) string {
		return `<?xml version="1.0" encoding="UTF-8"?>` + "\n<ussd><type>" + kind + "</type><msg>" + text + "</msg><premium><cost>0</cost><ref>NULL</ref></premium></ussd>"
	}
	contract{provider: "truroute", settings: Settings{Codes: map[string]string{"*120*100#": ""}}, cases: map[string][]exchange{
		"hindi_text": {
			{request: post("9876543201", "1", "*120*100#"), want: answer("2", "{home hi}"), escape: escapeXML, header: map[string]string{"Content-Type": "text/xml; charset=utf-8"}},
		},
		"dialled_ahead": {
			{request: post("9876543202", "1", "*120*100*5#"), want: answer("2", "{help}"), escape: escapeXML},
		},
		"printed_for_people": {
			{request: "POST /ussd/truroute/s3cret\nContent-Type: text/xml\n\n<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<ussd>\n  <msisdn>\n 919876543202\n</msisdn>\n  <sessionid> 7 </sessionid>\n  <type> 1 </type>\n  <msg>\n*120*100#\n</msg>\n</ussd>\n",
				want: answer("2", "{home}"), escape: escapeXML},
		},
		"repeated_delivery": {
			{request: post("9876543202", "1", "*120*100#"), want: answer("2", "{home}"), escape: escapeXML},
			{request: post("9876543202", "2", "5"), want: answer("2", "{help}"), escape: escapeXML},
			{request: post("9876543202", "2", "5"), want: answer("2", "{help}"), escape: escapeXML, wait: dialog.DedupeWindow - 6e9},
			{request: post("9876543202", "1", "*120*100#"), want: answer("2", "{help}"), escape: escapeXML},
		},
		"wrong_key": {
			{request: post("9876543202", "1", "*120*100#"), want: answer("2", "{home}"), escape: escapeXML},
			{request: post("9876543202", "2", "77"), want: answer("2", "{wrong}"), escape: escapeXML},
		},
		"busy_closes": {
			{request: post("9876543202", "1", "*120*100#"), want: answer("3", "{busy}"), escape: escapeXML, prepare: func(r *rig) { r.busy = true }},
		},
		"cancel_timeout_and_failed_charge": {
			{request: post("9876543202", "3", ""), want: answer("3", "")},
			{request: post("9876543202", "4", ""), want: answer("3", "")},
			{request: post("9876543202", "10", ""), want: answer("3", "")},
		},
		"missing_fields": {
			{request: "POST /ussd/truroute/s3cret\n\n<ussd><type>2</type><msisdn>9876543202</msisdn></ussd>", status: 400, want: `{"message":"sessionid is required"}`},
			{request: "POST /ussd/truroute/s3cret\n\n<ussd><type>2</type><sessionid>1</sessionid></ussd>", status: 400, want: `{"message":"msisdn is required"}`},
			{request: "POST /ussd/truroute/s3cret\n\n<ussd><sessionid>1</sessionid></ussd>", status: 400, want: `{"message":"type is required"}`},
		},
		"unknown_type": {
			{request: post("9876543202", "5", ""), status: 400, want: `{"message":"type is none that we answer"}`},
		},
		"bad_secret": {
			{request: "POST /ussd/truroute/x\n\n<ussd/>", status: 404, want: notFound},
		},
		"malformed": {
			{request: "POST /ussd/truroute/s3cret\n\n<ussd><type>", status: 400, want: `{"message":"the request is malformed"}`},
			{request: "POST /ussd/truroute/s3cret\n\n<?xml version=\"1.0\" encoding=\"x-nobody\"?><ussd/>", status: 400, want: `{"message":"the request is malformed"}`},
		},
		"too_large": {
			{request: "POST /ussd/truroute/s3cret\n\n<ussd>" + large, status: 413, want: `{"message":"Request Entity Too Large"}`},
		},
	}}.run(t)
}
