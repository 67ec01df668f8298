package ussd

import "testing"

func TestHubtel(t *testing.T) {
	post := func(number, kind, message, sequence string) string {
		return "POST /ussd/hubtel/s3cret\nContent-Type: application/json\n\n" +
			`{"SessionId":"3c79","Type":"` + kind + `","Message":"` + message + `","ServiceCode":"713","Operator":"airtel","Mobile":"91` + number + `","Sequence":` + sequence + `,"ClientState":"cs","Platform":"USSD"}`
	}
	answer := func(kind, data, text string) string {
		return `{"SessionId":"3c79","Type":"` + kind + `","Message":"` + text + `","ClientState":"cs","Label":"Tikaline","DataType":"` + data + `","FieldType":"text"}`
	}
	contract{provider: "hubtel", settings: Settings{Codes: map[string]string{"*713*100#": "", "*713*101#": "hi"}}, cases: map[string][]exchange{
		"hindi_text": {
			{request: post("9876543201", "Initiation", "*713*100#", "1"), want: answer("response", "input", "{home hi}"), escape: escapeJSON, header: map[string]string{"Content-Type": "application/json; charset=utf-8"}},
		},
		"the_code_chooses_the_language": {
			{request: post("9876543203", "Initiation", "*713*101#", "1"), want: answer("response", "input", "{home hi}"), escape: escapeJSON},
		},
		"dialled_ahead": {
			{request: post("9876543202", "Initiation", "*713*100*5#", "1"), want: answer("response", "input", "{help}"), escape: escapeJSON},
		},
		"type_in_any_case_and_sequence_as_a_string": {
			{request: post("9876543202", "initiation", "*713*100#", `"1"`), want: answer("response", "input", "{home}"), escape: escapeJSON},
			{request: post("9876543202", "RESPONSE", "5", `"2"`), want: answer("response", "input", "{help}"), escape: escapeJSON},
		},
		"repeated_delivery": {
			{request: post("9876543202", "Initiation", "*713*100#", "1"), want: answer("response", "input", "{home}"), escape: escapeJSON},
			{request: post("9876543202", "Response", "5", "2"), want: answer("response", "input", "{help}"), escape: escapeJSON},
			{request: post("9876543202", "Response", "5", "2"), want: answer("response", "input", "{help}"), escape: escapeJSON},
			{request: post("9876543202", "Initiation", "*713*100#", "1"), want: answer("response", "input", "{help}"), escape: escapeJSON},
			{request: post("9876543202", "Response", "00", "3"), want: answer("response", "input", "{home}"), escape: escapeJSON},
			{request: post("9876543202", "Response", "5", "2"), want: answer("response", "input", "{home}"), escape: escapeJSON},
		},
		"wrong_key": {
			{request: post("9876543202", "Initiation", "*713*100#", "1"), want: answer("response", "input", "{home}"), escape: escapeJSON},
			{request: post("9876543202", "Response", "77", "2"), want: answer("response", "input", "{wrong}"), escape: escapeJSON},
		},
		"busy_releases": {
			{request: post("9876543202", "Initiation", "*713*100#", "1"), want: answer("release", "display", "{busy}"), escape: escapeJSON, prepare: func(r *rig) { r.busy = true }},
		},
		"release_and_timeout": {
			{request: post("9876543202", "Release", "", "3"), want: answer("release", "display", "")},
			{request: post("9876543202", "Timeout", "", "3"), want: answer("release", "display", "")},
		},
		"shop_types": {
			{request: post("9876543202", "Query", "", "3"), status: 400, want: `{"message":"Type is none that we answer"}`},
		},
		"missing_fields": {
			{request: "POST /ussd/hubtel/s3cret\n\n" + `{"Type":"Response","Mobile":"9876543202"}`, status: 400, want: `{"message":"SessionId is required"}`},
			{request: "POST /ussd/hubtel/s3cret\n\n" + `{"Type":"Response","SessionId":"1"}`, status: 400, want: `{"message":"Mobile is required"}`},
			{request: "POST /ussd/hubtel/s3cret\n\n" + `{"SessionId":"1"}`, status: 400, want: `{"message":"Type is required"}`},
		},
		"bad_secret": {
			{request: "POST /ussd/hubtel/x\n\n{}", status: 404, want: notFound},
		},
		"malformed": {
			{request: "POST /ussd/hubtel/s3cret\n\n[]", status: 400, want: `{"message":"the request is malformed"}`},
		},
		"too_large": {
			{request: "POST /ussd/hubtel/s3cret\n\n" + large, status: 413, want: `{"message":"Request Entity Too Large"}`},
		},
	}}.run(t)
}

func TestHubtelWithoutCodes(t *testing.T) {
	// 713 is all that is known of the code: 100 belongs to it, not to the caller.
	contract{provider: "hubtel", cases: map[string][]exchange{
		"the_root_of_a_code_says_nothing_of_a_path": {
			{request: "POST /ussd/hubtel/s3cret\n\n" + `{"SessionId":"1","Type":"Initiation","Message":"*713*100#","ServiceCode":"713","Mobile":"919876543202","Sequence":1}`, escape: escapeJSON,
				want: `{"SessionId":"1","Type":"response","Message":"{home}","ClientState":"","Label":"Tikaline","DataType":"input","FieldType":"text"}`},
		},
	}}.run(t)
}
