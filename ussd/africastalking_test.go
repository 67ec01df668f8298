package ussd

import (
	"net/http"
	"testing"
)

func atBody(number, text, session string) string {
	return "POST /ussd/africastalking/s3cret\nContent-Type: application/x-www-form-urlencoded\nUser-Agent: at-ussd-api/1.0\n\n" +
		"phoneNumber=%2B91" + number + "&serviceCode=%2A384%2A100%23&text=" + text + "&sessionId=" + session + "&networkCode=99999"
}

func TestAfricasTalking(t *testing.T) {
	dial, english := atBody("9876543201", "", "ATUid_1"), atBody("9876543202", "", "ATUid_1")
	contract{provider: "africastalking", settings: Settings{Codes: map[string]string{"*384*100#": ""}}, cases: map[string][]exchange{
		"hindi_text": {
			{request: dial, want: "CON {home hi}", header: map[string]string{"Content-Type": "text/plain; charset=utf-8"}},
		},
		"newcomer_chooses_a_language": {
			{request: atBody("9876543203", "", "ATUid_1"), want: "CON {language}"},
			{request: atBody("9876543203", "1", "ATUid_1"), want: "CON {home hi}"},
		},
		"repeated_delivery": {
			{request: english, want: "CON {home}"},
			{request: english, want: "CON {home}"},
			{request: atBody("9876543202", "5", "ATUid_1"), want: "CON {help}"},
			{request: atBody("9876543202", "5", "ATUid_1"), want: "CON {help}"},
		},
		"older_text_comes_late": {
			{request: english, want: "CON {home}"},
			{request: atBody("9876543202", "5", "ATUid_1"), want: "CON {help}"},
			{request: english, want: "CON {help}"},
			{request: atBody("9876543202", "5*0", "ATUid_1"), want: "CON {home}"},
			{request: atBody("9876543202", "5", "ATUid_1"), want: "CON {home}"},
		},
		"wrong_key_repeats_the_screen_with_the_reason": {
			{request: english, want: "CON {home}"},
			{request: atBody("9876543202", "77", "ATUid_1"), want: "CON {wrong}"},
			{request: atBody("9876543202", "77*5", "ATUid_1"), want: "CON {help}"},
		},
		"direct_dial": {
			{request: atBody("9876543202", "5", "ATUid_1"), want: "CON {help}"},
			{request: atBody("9876543202", "5*00", "ATUid_1"), want: "CON {home}"},
		},
		"the_dial_string_in_the_text": {
			{request: atBody("9876543202", "*384*100%23", "ATUid_1"), want: "CON {home}"},
			{request: atBody("9876543202", "*384*100%23*5", "ATUid_1"), want: "CON {help}"},
			{request: atBody("9876543202", "*384*100%23*5", "ATUid_1"), want: "CON {help}"},
			{request: atBody("9876543202", "*384*100%23*5*0", "ATUid_1"), want: "CON {home}"},
		},
		"the_dial_string_in_the_first_text_only": {
			{request: atBody("9876543202", "*384*100%23", "ATUid_1"), want: "CON {home}"},
			{request: atBody("9876543202", "5", "ATUid_1"), want: "CON {help}"},
			{request: atBody("9876543202", "5*0", "ATUid_1"), want: "CON {home}"},
		},
		"the_dial_string_without_its_end": {
			{request: atBody("9876543202", "*384*100", "ATUid_1"), want: "CON {home}"},
			{request: atBody("9876543202", "*384*100*5", "ATUid_1"), want: "CON {help}"},
		},
		"direct_dial_in_the_text": {
			{request: atBody("9876543202", "*384*100*5%23", "ATUid_1"), want: "CON {help}"},
			{request: atBody("9876543202", "*384*100*5%23*00", "ATUid_1"), want: "CON {home}"},
		},
		"direct_dial_in_the_service_code_and_the_text": {
			{request: "POST /ussd/africastalking/s3cret\n\nsessionId=a&phoneNumber=%2B919876543202&serviceCode=*384*100*5%23&text=*384*100*5%23", want: "CON {help}"},
			{request: "POST /ussd/africastalking/s3cret\n\nsessionId=a&phoneNumber=%2B919876543202&serviceCode=*384*100*5%23&text=*384*100*5%23*00", want: "CON {home}"},
		},
		"a_newcomer_with_the_dial_string_in_the_text": {
			{request: atBody("9876543203", "*384*100%23", "ATUid_1"), want: "CON {language}"},
			{request: atBody("9876543203", "*384*100%23*1", "ATUid_1"), want: "CON {home hi}"},
		},
		"direct_dial_in_the_service_code": {
			{request: "POST /ussd/africastalking/s3cret\n\nsessionId=a&phoneNumber=%2B919876543202&serviceCode=*384*100*5%23&text=", want: "CON {help}"},
			{request: "POST /ussd/africastalking/s3cret\n\nsessionId=a&phoneNumber=%2B919876543202&serviceCode=*384*100*5%23&text=00", want: "CON {home}"},
		},
		"busy": {
			{request: english, want: "END {busy}", prepare: func(r *rig) { r.busy = true }},
		},
		"our_fault_is_worded": {
			{request: dial, want: "END {sorry hi}", prepare: func(r *rig) { r.store.LoadErr = http.ErrServerClosed }},
		},
		"session_end_event": {
			{request: english, want: "CON {home}"},
			{request: "POST /ussd/africastalking/s3cret/events\n\ndate=2026-10-09+12%3A17%3A37&sessionId=ATUid_1&serviceCode=%2A384%2A100%23&phoneNumber=%2B919876543202&status=Incomplete&input=1", want: ""},
			{request: "POST /ussd/africastalking/s3cret/events\n\nsessionId=ATUid_1&phoneNumber=%2B919876543202&status=Success", want: ""},
		},
		"missing_session": {
			{request: "POST /ussd/africastalking/s3cret\n\nphoneNumber=%2B919876543202&text=", status: 400, want: `{"message":"sessionId is required"}`},
		},
		"missing_number": {
			{request: "POST /ussd/africastalking/s3cret\n\nsessionId=a&text=", status: 400, want: `{"message":"phoneNumber is required"}`},
		},
		"foreign_number": {
			{request: "POST /ussd/africastalking/s3cret\n\nsessionId=a&text=&phoneNumber=%2B254711222333", want: "END {no mobile}"},
			{request: "POST /ussd/africastalking/s3cret\n\nsessionId=a&text=&phoneNumber=%2B9876543210", want: "END {no mobile}"},
			{request: "POST /ussd/africastalking/s3cret\n\nsessionId=a&text=&phoneNumber=anonymous", want: "END {no mobile}"},
			{request: "POST /ussd/africastalking/s3cret\n\nsessionId=a&text=&phoneNumber=anonymous&serviceCode=*384*7%23", status: 404, want: notFound},
		},
		"bad_secret": {
			{request: "POST /ussd/africastalking/guess\n\nsessionId=a", status: 404, want: notFound},
			{request: "POST /ussd/africastalking/guess/events\n\nsessionId=a", status: 404, want: notFound},
			{request: "GET /ussd/africastalking/s3cret", status: 404, want: notFound},
		},
		"other_service_code": {
			{request: "POST /ussd/africastalking/s3cret\n\nsessionId=a&phoneNumber=%2B919876543202&serviceCode=*384*7%23&text=", status: 404, want: notFound},
		},
		"too_large": {
			{request: "POST /ussd/africastalking/s3cret\n\ntext=" + large, status: 413, want: `{"message":"Request Entity Too Large"}`},
		},
		"malformed": {
			{request: "POST /ussd/africastalking/s3cret\n\nsessionId=%zz&phoneNumber=1", status: 400, want: `{"message":"the request is malformed"}`},
		},
	}}.run(t)
}
