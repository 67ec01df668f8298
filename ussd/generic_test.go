package ussd

import (
	"strings"
	"testing"
)

// rows is the wire of every provider in the facts that answers within the
// request and has no file: what is said of each is configuration.
var rows = map[string]string{
	"arkesel": `{"method":"POST","body":"json",
		"fields":{"session":"sessionID","number":"msisdn","input":"userData","type":"newSession","network":"network"},
		"phases":{"true":"begin","false":"input"},
		"reply":{"type":"application/json",
			"continue":{"body":{"sessionID":"{in.sessionID}","userID":"{in.userID}","msisdn":"{in.msisdn}","message":"{text}","continueSession":true}},
			"end":{"body":{"sessionID":"{in.sessionID}","userID":"{in.userID}","msisdn":"{in.msisdn}","message":"{text}","continueSession":false}}}}`,
	"nalo": `{"method":"POST","body":"json",
		"fields":{"number":"MSISDN","input":"USERDATA","type":"MSGTYPE","network":"NETWORK"},
		"phases":{"true":"begin","false":"input"},"session_seconds":120,
		"reply":{"type":"application/json",
			"continue":{"body":{"USERID":"{in.USERID}","MSISDN":"{in.MSISDN}","MSG":"{text}","MSGTYPE":true}},
			"end":{"body":{"USERID":"{in.USERID}","MSISDN":"{in.MSISDN}","MSG":"{text}","MSGTYPE":false}}}}`,
	"beem": `{"method":"POST","body":"json",
		"fields":{"session":"session_id","number":"msisdn","input":"payload.response","type":"command","message":"payload.request_id","network":"operator"},
		"phases":{"initiate":"begin","continue":"input","terminate":"cancel"},
		"reply":{"type":"application/json",
			"continue":{"body":{"msisdn":"{in.msisdn}","operator":"{in.operator}","session_id":"{in.session_id}","command":"continue","payload":{"request_id":"{in.payload.request_id}","request":"{text}"}}},
			"end":{"body":{"msisdn":"{in.msisdn}","operator":"{in.operator}","session_id":"{in.session_id}","command":"terminate","payload":{"request_id":"{in.payload.request_id}","request":"{text}"}}}}}`,
	"korba": `{"method":"POST","body":"json",
		"fields":{"session":"sessionID","number":"msisdn","input":"ussdString","type":"ussdServiceOp"},
		"phases":{"1":"begin","18":"input","*":"ended"},
		"reply":{"type":"application/json","continue":{"body":{"message":"{text}","ussdServiceOp":2}},"end":{"body":{"message":"{text}","ussdServiceOp":17}}}}`,
	"nsano": `{"method":"POST","body":"json",
		"fields":{"session":"UserSessionID","number":"msisdn","input":"msg","network":"network"},
		"reply":{"type":"application/json",
			"continue":{"body":{"USSDResp":{"action":"input","title":"{text}","menus":[]}}},
			"end":{"body":{"USSDResp":{"action":"prompt","title":"{text}","menus":[]}}}}}`,
	"emergent": `{"method":"POST","body":"json",
		"fields":{"session":"SessionId","number":"Mobile","code":"ServiceCode","input":"Message","type":"Type"},
		"phases":{"initiation":"begin","response":"input","release":"cancel","timeout":"timeout"},
		"reply":{"type":"application/json",
			"continue":{"body":{"Message":"{text}","Type":"Response","MaskNextRoute":false}},
			"end":{"body":{"Message":"{text}","Type":"Release","MaskNextRoute":false}}}}`,
	"mtn": `{"method":"POST","body":"json",
		"fields":{"session":"sessionId","number":"msisdn","code":"serviceCode","input":"ussdString","type":"messageType","language":"language"},
		"phases":{"0":"begin","1":"input","2":"ended","3":"ended","4":"cancel","5":"timeout"},
		"auth_headers":{"x-api-key":"mtn-key"},
		"reply":{"type":"application/json",
			"continue":{"body":{"statusCode":"0000","statusMessage":"ok","transactionId":"{session}","data":{"inboundResponse":"{text}","userInputRequired":true,"messageType":1,"serviceCode":"{code}","msisdn":"{in.msisdn}"}}},
			"end":{"body":{"statusCode":"0000","statusMessage":"ok","transactionId":"{session}","data":{"inboundResponse":"{text}","userInputRequired":false,"messageType":2,"serviceCode":"{code}","msisdn":"{in.msisdn}"}}},
			"noted":{"body":{"statusCode":"0000","statusMessage":"ok"}}}}`,
	"hollatags": `{"method":"GET","body":"query",
		"fields":{"session":"session_id","number":"session_msisdn","input":"session_msg","type":"session_operation","network":"session_mno"},
		"phases":{"begin":"begin","continue":"input","end":"ended"},
		"reply":{"headers":{"Cache-Control":"no-store"},
			"continue":{"headers":{"session_operation":"continue"},"body":"{text}"},
			"end":{"headers":{"session_operation":"end"},"body":"{text}"}}}`,
	"panacea": `{"method":"GET","body":"query",
		"fields":{"session":"session","number":"msisdn","input":"text"},
		"reply":{"continue":{"body":"{text}"},"end":{"headers":{"X-ussd-close":"1"},"body":"{text}"}}}`,
	"crossgate": `{"method":"GET","body":"query","mode":"accumulated",
		"fields":{"session":"session_id","number":"msisdn","code":"service_code","input":"ussd_string","network":"network_code"},
		"reply":{"continue":{"body":"CON {text}"},"end":{"body":"END {text}"}}}`,
	"dmark": `{"method":"GET","body":"query",
		"fields":{"session":"transactionId","number":"msisdn","code":"ussdServiceCode","input":"ussdRequestString","type":"response"},
		"phases":{"false":"begin","*":"input"},
		"reply":{"type":"application/json","continue":{"body":{"responseString":"{text}","action":"request"}},"end":{"body":{"responseString":"{text}","action":"end"}}}}`,
	"techsavanna": `{"method":"GET","body":"query","mode":"accumulated",
		"fields":{"session":"SESSIONID","number":"MSISDN","code":"USSDCODE","input":"INPUT"},
		"reply":{"continue":{"body":"CON {text}"},"end":{"body":"END {text}"}}}`,
	"advanta": `{"method":"GET","body":"query","mode":"dial",
		"fields":{"session":"SESSIONID","number":"MSISDN","code":"USSDCODE","input":"INPUT"},
		"reply":{"continue":{"body":"CON {text}"},"end":{"body":"END {text}"}}}`,
	"vodacom": `{"method":"GET","body":"query",
		"fields":{"session":"ussdSessionId","number":"msisdn","input":"request","network":"provider"},
		"reply":{"type":"text/xml",
			"continue":{"body":"<request><headertext>{text}</headertext><options><option command=\"1\" order=\"1\" callback=\"https://tika.example.in/\" display=\"False\"/></options></request>"},
			"end":{"body":"<request><headertext>{text}</headertext></request>"}}}`,
	"channelmobile": `{"method":"GET","body":"query",
		"fields":{"session":"ussdSessionId","number":"msisdn","input":"request","message":"requestid","network":"provider"},
		"reply":{"type":"text/xml",
			"continue":{"body":"<request><displaytext>{text}</displaytext><requestid>{in.requestid}</requestid></request>"},
			"end":{"body":"<request><displaytext>{text}</displaytext><requestid>0</requestid></request>"}}}`,
	"cellulant": `{"method":"GET","body":"query",
		"fields":{"session":"sessionID","number":"MSISDN","input":"INPUT","type":"opCode"},
		"phases":{"beg":"begin","abo":"cancel","*":"input"},
		"reply":{"continue":{"body":"1|{text}|null|null|null"},"end":{"body":"1|{text}|null|null|end"}}}`,
	"safaricom": `{"method":"GET","body":"query","mode":"accumulated",
		"fields":{"session":"SESSION_ID","number":"ORIG","code":"DEST","input":"USSD_PARAMS"},
		"reply":{"continue":{"body":"CON {text}"},"end":{"body":"END {text}"}}}`,
	"oltranz": `{"method":"POST","body":"json",
		"fields":{"session":"sessionId","number":"msisdn","input":"text","type":"newRequest"},
		"phases":{"1":"begin","true":"begin","*":"input"},
		"reply":{"type":"application/json","continue":{"body":{"sessionId":"{in.sessionId}","response":"{text}","action":"CON"}},"end":{"body":{"sessionId":"{in.sessionId}","response":"{text}","action":"END"}}}}`,
	"bonga": `{"method":"GET","body":"query","mode":"accumulated",
		"fields":{"session":"session_id","number":"mobile_number","code":"service_code","input":"message","network":"network"},
		"reply":{"continue":{"body":"CON {text}"},"end":{"body":"END {text}"}}}`,
	"banglalink": `{"method":"GET","body":"query",
		"fields":{"session":"transId","number":"mobileNo","code":"short_code","input":"userData","type":"NEW_REQUEST"},
		"phases":{"1":"begin","0":"input"},"auth":{"userid":"tika","password":"line"},
		"reply":{"headers":{"charge":"N","Expires":"-1"},
			"continue":{"headers":{"Freeflow":"FC","operation":"6003"},"body":"{text}"},
			"end":{"headers":{"Freeflow":"FB","operation":"6007"},"body":"{text}"}}}`,
	"xml": `{"method":"POST","body":"xml","abort":"(?i)user abort",
		"fields":{"session":"@sessionId","number":"subscriber.msisdn","input":"text","type":"@type"},
		"phases":{"begin":"begin","continue":"input"},
		"reply":{"type":"text/xml","continue":{"body":"<r more=\"1\">{text}</r>"},"end":{"body":"<r more=\"0\">{text}</r>"},"noted":{"body":"<r/>"}}}`,
}

func TestGenericRows(t *testing.T) {
	js, xm := escapeJSON, escapeXML
	ok := map[string]string{"Content-Type": "text/plain; charset=utf-8"}
	for provider, exchanges := range map[string][]exchange{
		"arkesel": {
			{request: "POST /ussd/arkesel/s3cret\n\n" + `{"sessionID":"a1","userID":"U","newSession":true,"msisdn":"919876543202","userData":"*928*100#","network":"MTN"}`,
				want: `{"sessionID":"a1","userID":"U","msisdn":"919876543202","message":"{home}","continueSession":true}`, escape: js},
			{request: "POST /ussd/arkesel/s3cret\n\n" + `{"sessionID":"a1","userID":"U","newSession":false,"msisdn":"919876543202","userData":"5","network":"MTN"}`,
				want: `{"sessionID":"a1","userID":"U","msisdn":"919876543202","message":"{help}","continueSession":true}`, escape: js},
			{request: "POST /ussd/arkesel/s3cret\n\n" + `{"sessionID":"a1","userID":"U","newSession":false,"msisdn":"919876543202","userData":"5","network":"MTN"}`, prepare: func(r *rig) { r.busy = true },
				want: `{"sessionID":"a1","userID":"U","msisdn":"919876543202","message":"{busy}","continueSession":false}`, escape: js},
		},
		"nalo": {
			{request: "POST /ussd/nalo/s3cret\n\n" + `{"USERID":"N1","MSISDN":919876543201,"USERDATA":"*920#","MSGTYPE":true,"NETWORK":"MTN"}`,
				want: `{"USERID":"N1","MSISDN":919876543201,"MSG":"{home hi}","MSGTYPE":true}`, escape: js},
		},
		"beem": {
			{request: "POST /ussd/beem/s3cret\n\n" + `{"session_id":"b","msisdn":"919876543202","operator":"airtel","command":"initiate","payload":{"request_id":1,"response":"*1#"}}`,
				want: `{"msisdn":"919876543202","operator":"airtel","session_id":"b","command":"continue","payload":{"request_id":1,"request":"{home}"}}`, escape: js},
			{request: "POST /ussd/beem/s3cret\n\n" + `{"session_id":"b","msisdn":"919876543202","operator":"airtel","command":"continue","payload":{"request_id":2,"response":"5"}}`,
				want: `{"msisdn":"919876543202","operator":"airtel","session_id":"b","command":"continue","payload":{"request_id":2,"request":"{help}"}}`, escape: js},
			{request: "POST /ussd/beem/s3cret\n\n" + `{"session_id":"b","msisdn":"919876543202","operator":"airtel","command":"terminate","payload":{}}`, want: ""},
		},
		"korba": {
			{request: "POST /ussd/korba/s3cret\n\n" + `{"sessionID":"k","msisdn":"919876543202","network":"x","ussdString":"*1#","ussdServiceOp":1}`, want: `{"message":"{home}","ussdServiceOp":2}`, escape: js},
			{request: "POST /ussd/korba/s3cret\n\n" + `{"sessionID":"k","msisdn":"919876543202","network":"x","ussdString":"77","ussdServiceOp":18}`, want: `{"message":"{wrong}","ussdServiceOp":2}`, escape: js},
			{request: "POST /ussd/korba/s3cret\n\n" + `{"sessionID":"k","msisdn":"919876543202","ussdServiceOp":30}`, want: ""},
		},
		"nsano": {
			{request: "POST /ussd/nsano/s3cret\n\n" + `{"UserSessionID":"n","msisdn":"919876543202","network":"x","msg":"*1#"}`, want: `{"USSDResp":{"action":"input","title":"{home}","menus":[]}}`, escape: js},
			{request: "POST /ussd/nsano/s3cret\n\n" + `{"UserSessionID":"n","msisdn":"919876543202","network":"x","msg":"5"}`, want: `{"USSDResp":{"action":"input","title":"{help}","menus":[]}}`, escape: js},
		},
		"emergent": {
			{request: "POST /ussd/emergent/s3cret\n\n" + `{"SessionId":"e","Mobile":"919876543202","ServiceCode":"*7#","Type":"Initiation","Message":"*7*5#","Operator":"x"}`, want: `{"Message":"{help}","Type":"Response","MaskNextRoute":false}`, escape: js},
			{request: "POST /ussd/emergent/s3cret\n\n" + `{"SessionId":"e","Mobile":"919876543202","Type":"Release"}`, want: ""},
		},
		"mtn": {
			{request: "POST /ussd/mtn/s3cret\nx-api-key: mtn-key\n\n" + `{"sessionId":"m","messageType":"0","msisdn":"919876543203","serviceCode":"*1#","ussdString":"*1#","language":"en"}`, status: 200,
				want: `{"statusCode":"0000","statusMessage":"ok","transactionId":"m","data":{"inboundResponse":"{language}","userInputRequired":true,"messageType":1,"serviceCode":"*1#","msisdn":"919876543203"}}`, escape: js,
				prepare: func(r *rig) { r.DefaultLang = "hi" }},
			{request: "POST /ussd/mtn/s3cret\nx-api-key: mtn-key\n\n" + `{"sessionId":"m","messageType":"5","msisdn":"919876543203"}`, want: `{"statusCode":"0000","statusMessage":"ok"}`},
			{request: "POST /ussd/mtn/s3cret\nx-api-key: guess\n\n" + `{"sessionId":"m","messageType":"0","msisdn":"919876543203"}`, status: 404, want: notFound},
			{request: "POST /ussd/mtn/s3cret\nx-api-key: mtn-key\n\n" + `{"sessionId":"m","messageType":"9","msisdn":"919876543203"}`, status: 400, want: `{"message":"messageType is none that we answer"}`},
		},
		"hollatags": {
			{request: "GET /ussd/hollatags/s3cret?session_msisdn=919876543202&session_operation=begin&session_msg=*1%23&session_id=h&session_type=1", want: "{home}", header: map[string]string{"session_operation": "continue", "Cache-Control": "no-store"}},
			{request: "GET /ussd/hollatags/s3cret?session_msisdn=919876543202&session_operation=end&session_id=h", want: ""},
		},
		"panacea": {
			{request: "GET /ussd/panacea/s3cret?session=p&msisdn=919876543202&text=", want: "{home}", header: map[string]string{"X-ussd-close": "", "Content-Type": "text/plain; charset=utf-8"}},
			{request: "GET /ussd/panacea/s3cret?session=p&msisdn=919876543202&text=5", want: "{busy}", header: map[string]string{"X-ussd-close": "1"}, prepare: func(r *rig) { r.busy = true }},
		},
		"crossgate": {
			{request: "GET /ussd/crossgate/s3cret?network_code=1&msisdn=919876543201&service_code=*1%23&session_id=c&ussd_string=", want: "CON {home hi}", header: ok},
			{request: "GET /ussd/crossgate/s3cret?network_code=1&msisdn=919876543202&service_code=*1%23&session_id=c&ussd_string=5", want: "CON {help}"},
			{request: "GET /ussd/crossgate/s3cret?network_code=1&msisdn=919876543202&service_code=*1%23&session_id=c&ussd_string=5*00", want: "CON {home}"},
		},
		"dmark": {
			{request: "GET /ussd/dmark/s3cret?transactionId=d&msisdn=919876543202&ussdServiceCode=1&ussdRequestString=&response=false", want: `{"responseString":"{home}","action":"request"}`, escape: js},
			{request: "GET /ussd/dmark/s3cret?transactionId=d&msisdn=919876543202&ussdServiceCode=1&ussdRequestString=5&response=true", want: `{"responseString":"{help}","action":"request"}`, escape: js},
		},
		"techsavanna": {
			{request: "GET /ussd/techsavanna/s3cret?SESSIONID=t&USSDCODE=1&MSISDN=919876543202&INPUT=", want: "CON {home}"},
			{request: "GET /ussd/techsavanna/s3cret?SESSIONID=t&USSDCODE=1&MSISDN=919876543202&INPUT=5", want: "CON {help}"},
		},
		"advanta": {
			{request: "GET /ussd/advanta/s3cret?SESSIONID=t&USSDCODE=*415%23&MSISDN=919876543202&INPUT=*415%23", want: "CON {home}"},
			{request: "GET /ussd/advanta/s3cret?SESSIONID=t&USSDCODE=*415%23&MSISDN=919876543202&INPUT=*415*5%23", want: "CON {help}"},
			{request: "GET /ussd/advanta/s3cret?SESSIONID=t&USSDCODE=*415%23&MSISDN=919876543202&INPUT=*9*5%23", status: 400, want: `{"message":"INPUT does not begin with the service code"}`},
		},
		"vodacom": {
			{request: "GET /ussd/vodacom/s3cret?request=*120*1%23&msisdn=919876543202&ussdSessionId=v&provider=x", escape: xm,
				want: `<request><headertext>{home}</headertext><options><option command="1" order="1" callback="https://tika.example.in/" display="False"/></options></request>`},
			{request: "GET /ussd/vodacom/s3cret?request=1&msisdn=919876543202&ussdSessionId=v&provider=x", escape: xm, prepare: func(r *rig) { r.busy = true },
				want: `<request><headertext>{busy}</headertext></request>`},
		},
		"channelmobile": {
			{request: "GET /ussd/channelmobile/s3cret?request=*120*1%23&msisdn=919876543202&ussdSessionId=v&provider=x&requestid=%3C9", escape: xm,
				want: `<request><displaytext>{home}</displaytext><requestid>&lt;9</requestid></request>`},
		},
		"cellulant": {
			{request: "GET /ussd/cellulant/s3cret?MSISDN=919876543202&INPUT=&opCode=BEG&sessionID=c", want: "1|{home}|null|null|null"},
			{request: "GET /ussd/cellulant/s3cret?MSISDN=919876543202&opCode=ABO&ABORT=1&sessionID=c", want: ""},
		},
		"safaricom": {
			{request: "GET /ussd/safaricom/s3cret?ORIG=919876543202&DEST=*1%23&SESSION_ID=s&USSD_PARAMS=", want: "CON {home}"},
		},
		"oltranz": {
			{request: "POST /ussd/oltranz/s3cret\n\n" + `{"sessionId":7,"msisdn":"919876543202","text":"*1#","newRequest":1}`, want: `{"sessionId":7,"response":"{home}","action":"CON"}`, escape: js},
		},
		"bonga": {
			{request: "GET /ussd/bonga/s3cret?mobile_number=919876543202&session_id=b&message=&service_code=1&network=x", want: "CON {home}"},
		},
		"banglalink": {
			{request: "GET /ussd/banglalink/s3cret?userid=tika&password=line&userData=*123%23&mobileNo=9876543202&transId=7&short_code=123&NEW_REQUEST=1",
				want: "{home}", header: map[string]string{"Freeflow": "FC", "operation": "6003", "Expires": "-1", "charge": "N"}},
			{request: "GET /ussd/banglalink/s3cret?userid=tika&password=line&userData=1&mobileNo=9876543202&transId=7&short_code=123&NEW_REQUEST=0", prepare: func(r *rig) { r.busy = true },
				want: "{busy}", header: map[string]string{"Freeflow": "FB", "operation": "6007"}},
		},
		"xml": {
			{request: "POST /ussd/xml/s3cret\n\n<dialog type=\"Begin\" sessionId=\"x\"><subscriber><msisdn>919876543201</msisdn></subscriber><text/></dialog>", want: `<r more="1">{home hi}</r>`, escape: xm},
			{request: "POST /ussd/xml/s3cret\n\n<dialog type=\"Continue\" sessionId=\"x\"><subscriber><msisdn>919876543201</msisdn></subscriber><text>User Abort</text></dialog>", want: `<r/>`},
		},
	} {
		t.Run(provider, func(t *testing.T) {
			config, err := ParseGeneric(strings.NewReader(rows[provider]))
			if err != nil {
				t.Fatal(err)
			}
			contract{provider: provider, settings: Settings{Provider: &generic{Config: &config}}, cases: map[string][]exchange{"row": exchanges}}.run(t)
		})
	}
}

func TestGenericDemo(t *testing.T) {
	get := func(number, rest string) string {
		return "GET /ussd/generic/s3cret?session=1&msisdn=" + number + "&" + rest
	}
	contract{provider: "generic", cases: map[string][]exchange{
		"hindi_text": {{request: get("9876543201", "new=1"), want: "CON {home hi}"}},
		"a_form_works_too": {
			{request: "POST /ussd/generic/s3cret?session=1\n\nmsisdn=9876543202&new=1", want: "CON {home}"},
		},
		"repeated_delivery": {
			{request: get("9876543202", "new=1&id=1"), want: "CON {home}"},
			{request: get("9876543202", "input=5&id=2"), want: "CON {help}"},
			{request: get("9876543202", "input=5&id=2"), want: "CON {help}"},
			{request: get("9876543202", "new=1&id=1"), want: "CON {help}"},
		},
		"the_same_key_again_is_another_answer": {
			{request: get("9876543202", "new=1"), want: "CON {home}"},
			{request: get("9876543202", "input=00"), want: "CON {home}"},
			{request: get("9876543202", "input=00"), want: "CON {home}"},
		},
		"wrong_key": {
			{request: get("9876543202", "new=1"), want: "CON {home}"},
			{request: get("9876543202", "input=77"), want: "CON {wrong}"},
		},
		"end_is_noted": {{request: "POST /ussd/generic/s3cret/events\n\nsession=1&msisdn=9876543202", want: ""}},
		"missing_fields": {
			{request: "GET /ussd/generic/s3cret?msisdn=9876543202", status: 400, want: `{"message":"session is required"}`},
			{request: "GET /ussd/generic/s3cret?session=1", status: 400, want: `{"message":"msisdn is required"}`},
		},
		"bad_secret": {{request: "GET /ussd/generic/x?session=1&msisdn=9876543202", status: 404, want: notFound}},
		"malformed":  {{request: "POST /ussd/generic/s3cret\n\nsession=%zz", status: 400, want: `{"message":"the request is malformed"}`}},
		"too_large":  {{request: "POST /ussd/generic/s3cret\n\na=" + large, status: 413, want: `{"message":"Request Entity Too Large"}`}},
	}}.run(t)
}

func TestGenericProofs(t *testing.T) {
	config, err := ParseGeneric(strings.NewReader(`{"body":"query","fields":{"session":"s","number":"m","input":"i"},
		"auth":{"user":"tika","password":"line"},"allow":["192.0.2.0/24"],
		"reply":{"continue":{"body":"CON {text}"},"end":{"body":"END {text}"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	contract{provider: "proofs", settings: Settings{Provider: &generic{Config: &config}}, cases: map[string][]exchange{
		"right":          {{request: "GET /ussd/proofs/s3cret?s=1&m=9876543202&i=&user=tika&password=line", want: "CON {home}"}},
		"wrong_password": {{request: "GET /ussd/proofs/s3cret?s=1&m=9876543202&i=&user=tika&password=x", status: 404, want: notFound}},
		"no_password":    {{request: "GET /ussd/proofs/s3cret?s=1&m=9876543202&i=", status: 404, want: notFound}},
		"other_method":   {{request: "DELETE /ussd/proofs/s3cret", status: 404, want: notFound}},
		"no_events":      {{request: "POST /ussd/proofs/s3cret/events\n\n", status: 404, want: notFound}},
	}}.run(t)
}

func TestParseGeneric(t *testing.T) {
	for _, tt := range []struct{ name, config, want string }{
		{"unknown_setting", `{"boddy":"json"}`, "unknown field"},
		{"no_body", `{"fields":{"number":"m","input":"i"},"reply":{"continue":{"body":"{text}"},"end":{"body":"{text}"}}}`, "body"},
		{"no_number", `{"body":"query","fields":{"input":"i"},"reply":{"continue":{"body":"{text}"},"end":{"body":"{text}"}}}`, "number and input"},
		{"reply_without_the_text", `{"body":"query","fields":{"number":"m","input":"i"},"reply":{"continue":{"body":"hello"},"end":{"body":"{text}"}}}`, "{text}"},
		{"unknown_phase", `{"body":"query","fields":{"number":"m","input":"i","type":"t"},"phases":{"1":"start"},"reply":{"continue":{"body":"{text}"},"end":{"body":"{text}"}}}`, "no phase"},
		{"phases_without_a_field", `{"body":"query","fields":{"number":"m","input":"i"},"phases":{"1":"begin"},"reply":{"continue":{"body":"{text}"},"end":{"body":"{text}"}}}`, "fields.type"},
		{"bad_abort", `{"body":"query","abort":"(","fields":{"number":"m","input":"i"},"reply":{"continue":{"body":"{text}"},"end":{"body":"{text}"}}}`, "abort"},
		{"object_as_text", `{"body":"query","fields":{"number":"m","input":"i"},"reply":{"continue":{"body":{"a":"{text}"}},"end":{"body":"{text}"}}}`, "must be a string"},
		{"empty_password", `{"body":"query","auth":{"p":""},"fields":{"number":"m","input":"i"},"reply":{"continue":{"body":"{text}"},"end":{"body":"{text}"}}}`, "no value"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := ParseGeneric(strings.NewReader(tt.config)); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v does not say %q", err, tt.want)
			}
		})
	}
}

func TestEscapes(t *testing.T) {
	if got, want := escapeJSON("a\n\"b\" <&>\\ है"), `a\n\"b\" <&>\\ है`; got != want {
		t.Errorf("JSON: %s, want %s", got, want)
	}
	if got, want := escapeXML(`a<b>&"'`), "a&lt;b&gt;&amp;&quot;&apos;"; got != want {
		t.Errorf("XML: %s, want %s", got, want)
	}
}
