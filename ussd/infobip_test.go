package ussd

import "testing"

func TestInfobip(t *testing.T) {
	post := func(number, step, text string) string {
		return "POST /ussd/infobip/s3cret/session/s1/" + step + "\nContent-Type: application/json\n\n" +
			`{"msisdn":"91` + number + `","imsi":"404","shortCode":"*123#1#","text":"` + text + `","optional":"","ussdGwId":"11","language":null}`
	}
	menu := func(text string, end string) string {
		return `{"ussdMenu":"` + text + `","shouldClose":` + end + `,"responseExitCode":200,"responseMessage":""}`
	}
	const done = `{"responseExitCode":200,"responseMessage":""}`
	contract{provider: "infobip", cases: map[string][]exchange{
		"hindi_text": {
			{request: post("9876543201", "start", ""), want: menu("{home hi}", "false"), escape: escapeJSON, header: map[string]string{"Content-Type": "application/json; charset=utf-8"}},
		},
		"repeated_delivery": {
			{request: post("9876543202", "start", ""), want: menu("{home}", "false"), escape: escapeJSON},
			{request: post("9876543202", "start", ""), want: menu("{home}", "false"), escape: escapeJSON},
			{request: post("9876543202", "response", "5"), want: menu("{help}", "false"), escape: escapeJSON},
			{request: post("9876543202", "start", ""), want: menu("{help}", "false"), escape: escapeJSON},
		},
		"wrong_key": {
			{request: post("9876543202", "start", ""), want: menu("{home}", "false"), escape: escapeJSON},
			{request: post("9876543202", "response", "77"), want: menu("{wrong}", "false"), escape: escapeJSON},
		},
		"busy_closes": {
			{request: post("9876543202", "start", ""), want: menu("{busy}", "true"), escape: escapeJSON, prepare: func(r *rig) { r.busy = true }},
		},
		"end_and_timeout": {
			{request: post("9876543202", "start", ""), want: menu("{home}", "false"), escape: escapeJSON},
			{request: "PUT /ussd/infobip/s3cret/session/s1/end\n\n" + `{"reason":"ok","exitCode":0}`, want: done},
			{request: "PUT /ussd/infobip/s3cret/session/s1/end\n\n" + `{"reason":"timeout","exitCode":500}`, want: done},
		},
		"status": {
			{request: "GET /ussd/infobip/s3cret/session/s1/status", want: `{"sessionActive":true,"responseExitCode":200,"responseMessage":""}`},
		},
		"missing_field": {
			{request: "POST /ussd/infobip/s3cret/session/s1/start\n\n{\"text\":\"\"}", status: 400, want: `{"message":"msisdn is required"}`},
		},
		"bad_secret": {
			{request: "POST /ussd/infobip/x/session/s1/start\n\n{}", status: 404, want: notFound},
			{request: "POST /ussd/infobip/s3cret/session/s1/delete\n\n{}", status: 404, want: notFound},
			{request: "POST /ussd/infobip/s3cret\n\n{}", status: 404, want: notFound},
		},
		"malformed": {
			{request: "POST /ussd/infobip/s3cret/session/s1/start\n\n{\"msisdn\"", status: 400, want: `{"message":"the request is malformed"}`},
			{request: "POST /ussd/infobip/s3cret/session/s1/start\n\n{\"msisdn\":{}}", status: 400, want: `{"message":"the request is malformed"}`},
		},
		"too_large": {
			{request: "POST /ussd/infobip/s3cret/session/s1/start\n\n{\"text\":\"" + large, status: 413, want: `{"message":"Request Entity Too Large"}`},
		},
	}}.run(t)
}
