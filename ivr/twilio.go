package ivr

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tikaline/calls"
	"tikaline/locales"
	"tikaline/outbox"
	"tikaline/twilioapi"

	"tikaline/channel"
)

// twilio is Twilio's Programmable Voice: https://www.twilio.com/docs/voice/twiml.
// It has no numbers in India; what is called there is a number of another
// country, or one that an Indian provider forwards by SIP.
//
//	POST /ivr/twilio
//	X-Twilio-Signature: kFHowTlIOPykl2YLFK+zphUIASY=
//	Content-Type: application/x-www-form-urlencoded
//
//	CallSid=CA0123…&AccountSid=AC…&From=%2B919876543210&To=%2B15005550006&CallStatus=ringing&Direction=inbound&ApiVersion=2010-04-01
//
//	200 text/xml
//	<?xml version="1.0" encoding="UTF-8"?>
//	<Response>
//	  <Gather input="dtmf" numDigits="1" timeout="8" finishOnKey="" actionOnEmptyResult="true" method="POST"
//	          action="https://vax.example.in/ivr/twilio/turn?n=1">
//	    <Say voice="Polly.Kajal-Neural" language="hi-IN">हिन्दी के लिए 1 दबाइए.</Say>…
//	  </Gather>
//	  <Redirect method="POST">https://vax.example.in/ivr/twilio/turn?n=1</Redirect>
//	</Response>
//
// and what is pressed comes to the action, with Digits. The other addresses:
//
//	/ivr/twilio/turn?n=3     Digits, or RecordingSid and RecordingDuration: answers question 3
//	/ivr/twilio/outbound?notice=…   a call of ours was taken: AnsweredBy
//	/ivr/twilio/wait?lang=hi        somebody waits: QueuePosition, QueueTime; or Digits
//	/ivr/twilio/left?lang=hi        they do no longer: QueueResult
//	/ivr/twilio/recording           RecordingSid, RecordingStatus, and no number
//	/ivr/twilio/status[?notice=…]   CallStatus, CallDuration
//	/ivr/twilio/fallback            we did not answer: needs nothing but this process
//
// Traps, of which the first three are the SDK's builder's and why xml.go is
// there: SSML is written with capitals; an empty finishOnKey cannot be written,
// and then # alone is no input; attributes come in any order. A text without a
// voice is silent in Bengali. A missing action asks the present address again,
// for ever. What comes of a key in the queue may have neither place nor time, so
// silence there is to come to the end of the document: then the wait address is
// asked again, which has both. Keys pressed between two documents may be lost;
// that is not verified.
//
// An account in which playing a recording needs a password (a setting of
// Twilio's) plays none to callers either.
type twilio struct {
	settings TwilioSettings
	check    *twilioapi.Check
	base     string
}

// TwilioSettings is how Twilio reaches us.
type TwilioSettings struct {
	Voices   map[string]string `name:"ivr-voices" env:"TIKALINE_IVR_VOICES" help:"Twilio's voice of each language: hi=Polly.Kajal-Neural;bn=Google.bn-IN-Wavenet-A. Empty: those."`
	Queue    string            `name:"ivr-queue" env:"TIKALINE_IVR_QUEUE" default:"tikaline" help:"Name of the agents' queues at Twilio; the language follows it: tikaline-hi."` // "" is no agents
	Machines bool              `name:"calls-machines" env:"TIKALINE_CALLS_MACHINES" help:"Have Twilio tell answering machines from people: costs more, and the line is silent meanwhile."`

	PublicURL  string   `kong:"-"` // what our addresses begin with for Twilio: https://vax.example.in
	AuthTokens []string `kong:"-"` // the account's; two while one takes the other's place
	AccountSID string   `kong:"-"`
	Missed     []string `kong:"-"` // our numbers that take only missed calls
}

func (*TwilioSettings) name() string { return twilioName }

func (t *TwilioSettings) inbound(w With) (Adapter, bool, error) {
	s := *t
	s.PublicURL, s.AuthTokens, s.AccountSID, s.Missed = w.PublicURL, w.Twilio.AuthTokens, w.Twilio.AccountSID, w.missed
	if s.AccountSID == "" {
		if !w.Demo {
			return nil, false, nil
		}
		s.AuthTokens, s.AccountSID = []string{channel.DemoSecret}, channel.DemoSecret
	}
	a, err := NewTwilio(s)
	return a, err == nil, err
}

// calls returns how Twilio is asked for calls.
func (t *TwilioSettings) calls(w With) TwilioCallSettings {
	s := TwilioCallSettings{
		PublicURL: w.PublicURL, AccountSID: w.Twilio.AccountSID, Key: w.Twilio.AccountSID, BaseURL: w.Twilio.BaseURL,
		From: w.from[twilioName], Machines: t.Machines,
	}
	if len(w.Twilio.AuthTokens) > 0 {
		s.KeySecret = w.Twilio.AuthTokens[0]
	}
	return s
}

func (t *TwilioSettings) outbound(w With) (outbox.Provider, error) {
	return NewTwilioCaller(t.calls(w))
}

func (t *TwilioSettings) recordings(w With) (Source, bool, error) {
	if w.Twilio.AccountSID == "" {
		return Source{}, false, nil
	}
	s, err := TwilioRecordings(t.calls(w))
	return s, err == nil, err
}

// DefaultVoices are Twilio's that speak our languages. Bengali has none of
// Polly's, and "Polly.Kajal" without more does not exist.
var DefaultVoices = map[string]string{
	locales.Hindi: "Polly.Kajal-Neural", locales.Bengali: "Google.bn-IN-Wavenet-A", locales.English: "Polly.Kajal-Neural",
}

const (
	twilioName     = "twilio"
	twilioDigitEnd = "#"
	slowRate       = "85%"
)

var (
	voiceName  = regexp.MustCompile(`^(Polly\.[A-Z][A-Za-z]+(-Neural|-Generative)?|Google\.[a-z]{2}-IN-[A-Za-z0-9]+(-HD)?-[A-Za-z]+)$`)
	ownVoice   = map[string]string{locales.Hindi: "Google.hi-IN-", locales.Bengali: "Google.bn-IN-", locales.English: "Google.en-IN-"}
	twilioLang = map[string]string{locales.Hindi: "hi-IN", locales.Bengali: "bn-IN", locales.English: "en-IN"}
)

// checkVoice says what is wrong with a voice for a language.
func checkVoice(lang, voice string) error {
	switch {
	case !voiceName.MatchString(voice) || voice == "Polly.Kajal":
		return fmt.Errorf("%q is no voice of Twilio's, such as %s", voice, DefaultVoices[lang])
	case strings.HasPrefix(voice, "Google.") && !strings.HasPrefix(voice, ownVoice[lang]),
		strings.HasPrefix(voice, "Polly.") && lang == locales.Bengali:
		return fmt.Errorf("%q does not speak %s", voice, lang)
	}
	return nil
}

// twilioVoices returns a voice for each language: the set one, or the default.
func twilioVoices(set map[string]string) (map[string]string, error) {
	voices := make(map[string]string, len(Languages))
	for _, lang := range Languages {
		voices[lang] = DefaultVoices[lang]
		if v, ok := set[lang]; ok {
			voices[lang] = v
		}
		if err := checkVoice(lang, voices[lang]); err != nil {
			return nil, err
		}
	}
	for lang := range set {
		if voices[lang] == "" {
			return nil, fmt.Errorf("%q is not spoken: the languages are %s", lang, strings.Join(Languages, ", "))
		}
	}
	return voices, nil
}

// TwilioFallback returns what is said where we do not answer, as a document for Twilio
// to keep: our own fallback address is as far away as we are.
func TwilioFallback(words Words, voices map[string]string) ([]byte, error) {
	voices, err := twilioVoices(voices)
	if err != nil {
		return nil, err
	}
	g := &Gateway{Words: words}
	return (&twilio{settings: TwilioSettings{Voices: voices}}).document(g.Fallback())
}

// NewTwilio returns the adapter.
func NewTwilio(s TwilioSettings) (Adapter, error) {
	check, err := twilioapi.NewCheck(s.PublicURL, s.AuthTokens, s.AccountSID)
	if err != nil {
		return nil, err
	}
	if s.Voices, err = twilioVoices(s.Voices); err != nil {
		return nil, err
	}
	if len(s.Queue) > 60 { // of 64, with the language behind
		return nil, errors.New("twilio: the name of the queue is too long")
	}
	return &twilio{settings: s, check: check, base: strings.TrimSuffix(s.PublicURL, "/")}, nil
}

func (*twilio) Name() string { return twilioName }

// Decode reads what Twilio asks.
func (t *twilio) Decode(c echo.Context) (Request, error) {
	form, err := t.check.Form(c)
	if err != nil {
		return Request{}, err
	}
	what, ok := map[string]What{
		"": Answers, "turn": Answers, "outbound": Answers, "wait": Waits, "left": Leaves, "recording": Records, "status": Ends, "fallback": Falls,
	}[strings.Trim(c.Param("*"), "/")]
	if !ok {
		return Request{}, echo.ErrNotFound
	}
	r := Request{What: what}
	switch what {
	case Falls:
		return r, nil
	case Records:
		return t.records(form)
	}
	if r.Event, err = t.event(c, form); err != nil {
		return r, err
	}
	r.Lang = c.QueryParam("lang")
	switch what {
	case Waits:
		r.Position, _ = strconv.Atoi(form.Get("QueuePosition"))
		r.Waited = seconds(form.Get("QueueTime"))
	case Leaves:
		switch form.Get("QueueResult") {
		case "bridged", "bridging-in-process", "redirected-from-bridged":
			r.Spoken = true
		case "hangup":
			r.HungUp = true
		}
	case Ends:
		r.Duration = seconds(form.Get("CallDuration"))
		switch form.Get("CallStatus") {
		case "completed":
			r.Outcome = calls.HungUp
		case "busy":
			r.Outcome = calls.Busy
		case "no-answer", "canceled":
			r.Outcome = calls.NoAnswer
		case "failed":
			r.Outcome = calls.Failed
		default:
			r.What = Nothing // ringing, in-progress and what comes next year: no news
		}
	}
	return r, nil
}

// event reads what every request has.
func (t *twilio) event(c echo.Context, form url.Values) (Event, error) {
	e := Event{Provider: twilioName, Keys: form.Get("Digits"), Agents: t.settings.Queue != ""}
	var err error
	if e.Call, err = need("CallSid", form.Get("CallSid")); err != nil {
		return e, err
	}
	if e.To, err = need("To", form.Get("To")); err != nil {
		return e, err
	}
	from := form.Get("From") // "" where it is withheld
	e.Out = strings.HasPrefix(form.Get("Direction"), "outbound")
	if e.Out {
		from, e.To = e.To, from
	}
	e.Number = Mobile(from)
	e.Missed = !e.Out && sameNumber(e.To, t.settings.Missed)
	e.Machine = strings.HasPrefix(form.Get("AnsweredBy"), "machine") || form.Get("AnsweredBy") == "fax"
	if n := c.QueryParam("n"); n != "" {
		if e.Turn, err = strconv.Atoi(n); err != nil || e.Turn < 1 || e.Turn > maxTurns {
			return e, channel.Bad("n", "is malformed")
		}
	}
	if raw := c.QueryParam("notice"); raw != "" {
		if e.Notice, err = uuid.Parse(raw); err != nil {
			return e, channel.Bad("notice", "is malformed")
		}
	}
	if e.Keys == "hangup" { // the word that ends a recording
		e.Keys, e.HungUp = "", true
	}
	if e.Keys, err = keys("Digits", e.Keys); err != nil {
		return e, err
	}
	if form.Get("RecordingUrl") != "" {
		e.Recording, err = twilioRecording(form)
	}
	return e, err
}

// records reads what is told of a recording: it names the call, and neither of
// its numbers.
func (t *twilio) records(form url.Values) (Request, error) {
	r := Request{What: Records, Event: Event{Provider: twilioName}}
	switch form.Get("RecordingStatus") {
	case "completed":
		r.Ready = true
	case "absent", "failed":
	default:
		return Request{What: Nothing}, nil
	}
	var err error
	if r.Call, err = need("CallSid", form.Get("CallSid")); err != nil {
		return r, err
	}
	r.Recording, err = twilioRecording(form)
	return r, err
}

// twilioRecording reads what was said.
func twilioRecording(form url.Values) (Recording, error) {
	u := form.Get("RecordingUrl")
	r := Recording{ID: form.Get("RecordingSid"), URL: u, Secs: int(seconds(form.Get("RecordingDuration")) / time.Second)}
	if r.ID == "" { // the address ends in it
		r.ID = u[strings.LastIndex(u, "/")+1:]
	}
	var err error
	r.ID, err = need("RecordingSid", r.ID)
	return r, err
}

// Encode writes what happens on the line.
func (t *twilio) Encode(c echo.Context, _ Request, verbs []Verb) error {
	b, err := t.document(verbs)
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentLength, strconv.Itoa(len(b))) // or a longer one comes in chunks
	return c.Blob(http.StatusOK, "text/xml; charset=utf-8", b)
}

// document returns verbs in TwiML.
func (t *twilio) document(verbs []Verb) ([]byte, error) {
	root := node{name: "Response"}
	for _, v := range verbs {
		n, err := t.node(v)
		if err != nil {
			return nil, err
		}
		root.nodes = append(root.nodes, n)
	}
	return document(root)
}

// next returns the address that the answer to a question goes to.
func (t *twilio) next(v Verb) string {
	if v.Waits {
		return t.base + "/ivr/twilio/wait?lang=" + url.QueryEscape(v.Lang)
	}
	return t.base + "/ivr/twilio/turn?n=" + strconv.Itoa(v.Turn)
}

func (t *twilio) node(v Verb) (node, error) {
	switch v.Do {
	case Say:
		return t.say(v), nil
	case Play:
		return node{name: "Play", text: absoluteTo(t.base, v.URL)}, nil
	case Pause:
		return node{name: "Pause", attrs: []string{"length", strconv.Itoa(v.Secs)}}, nil
	case Gather:
		end := twilioDigitEnd
		if v.Keys == 1 {
			end = "" // or # alone would be silence
		}
		n := node{name: "Gather", attrs: []string{
			"input", "dtmf", "numDigits", strconv.Itoa(v.Keys), "timeout", strconv.Itoa(v.Secs), "finishOnKey", end,
			"actionOnEmptyResult", strconv.FormatBool(!v.Waits), "method", "POST", "action", t.next(v),
		}}
		for _, in := range v.In {
			child, err := t.node(in)
			if err != nil {
				return n, err
			}
			n.nodes = append(n.nodes, child)
		}
		return n, nil
	case Record:
		return node{name: "Record", attrs: []string{
			"maxLength", strconv.Itoa(v.Secs), "timeout", "5", "playBeep", "true", "trim", "trim-silence", "finishOnKey", "1234567890*#",
			"method", "POST", "action", t.next(v),
			"recordingStatusCallback", t.base + "/ivr/twilio/recording", "recordingStatusCallbackMethod", "POST",
			"recordingStatusCallbackEvent", "completed absent",
		}}, nil
	case Go:
		return node{name: "Redirect", attrs: []string{"method", "POST"}, text: t.next(v)}, nil
	case Queue:
		lang := url.QueryEscape(v.Lang)
		return node{name: "Enqueue", attrs: []string{
			"waitUrl", t.base + "/ivr/twilio/wait?lang=" + lang, "waitUrlMethod", "POST",
			"action", t.base + "/ivr/twilio/left?lang=" + lang, "method", "POST",
		}, text: t.settings.Queue + "-" + v.Lang}, nil
	case Leave:
		return node{name: "Leave"}, nil
	case Reject:
		return node{name: "Reject", attrs: []string{"reason", "busy"}}, nil
	case Hangup:
		return node{name: "Hangup"}, nil
	}
	return node{}, fmt.Errorf("twilio has no way to %s", v.Do)
}

// say returns a text in the voice of its language; slower where it was not heard the
// first time. The newest voices of both makers take no SSML.
func (t *twilio) say(v Verb) node {
	voice := t.settings.Voices[v.Lang]
	n := node{name: "Say", attrs: []string{"voice", voice, "language", twilioLang[v.Lang]}, text: v.Text}
	if v.Slow && !strings.Contains(voice, "Chirp") && !strings.HasSuffix(voice, "-Generative") {
		n.text, n.nodes = "", []node{{name: "prosody", attrs: []string{"rate", slowRate}, text: v.Text}}
	}
	return n
}

// TwilioRecording is where Twilio plays a recording from.
func TwilioRecording(account, id string) string {
	return "https://api.twilio.com/2010-04-01/Accounts/" + url.PathEscape(account) + "/Recordings/" + url.PathEscape(id) + ".wav"
}
