package ivr

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tikaline/calls"
	"tikaline/outbox"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tikaline/channel"
)

// exotel is Exotel's Programmable Voice, https://developer.exotel.com/api. It has
// numbers in India, and two forms of asking what comes next; which one an
// account has is a setting. Neither was tried with an account.
//
// In the form ExoML, it posts and gets a document:
//
//	POST /ivr/exotel/SECRET/turn?n=3
//
//	CallSid=80bf…&CallFrom=09876543210&CallTo=08012345678&CallStatus=in-progress&DigitsPressed=1
//
//	200 application/xml
//	<Response><Gather numDigits="1" timeout="8" finishOnKey="" method="POST" action="https://…/turn?n=4"><Say>…</Say></Gather>…
//
// Written down are Say, Gather, Dial, Play and Hangup. Not verified: Record (for
// names) and Redirect (after silence), taken from the language that it is
// derived from; whether Say takes a language; Pause, for which there is silence
// where there is nothing.
//
// In the form of applets, a flow is drawn in Exotel's dashboard:
//
//	Gather (address: …/gather) → Passthru (…/pass) → 200: Gather again
//	                                               → 302: Connect (…/connect)
//
//	GET /ivr/exotel/SECRET/gather?CallSid=80bf…&CallFrom=09876543210&CallTo=08012345678
//	{"gather_prompt":{"text":"…"},"max_input_digits":1,"finish_on_key":"","input_timeout":8,"repeat_menu":0}
//
//	GET /ivr/exotel/SECRET/pass?CallSid=…&CurrentTime=2021-06-07+10%3A00%3A12&digits=%221%22
//	200, or 302 where an agent, or the end, comes next
//
//	GET /ivr/exotel/SECRET/connect?…
//	{"destination":{"numbers":["+9180…"]}}
//
// The digits come in quotes. There is no turn in these addresses: what is pressed
// answers the last question, and what comes again within a second and a half, or
// with the same CurrentTime, is the same. A name cannot be recorded: who has to
// say one is put through, or called back. Not verified: the names in the two
// JSON answers, and what becomes of no numbers.
//
// Nothing is signed: the secret in the address is all there is. Numbers come with
// a zero in front. A missed call is cut off by Exotel; that is also what we
// answer to one.
type exotel struct {
	settings ExotelSettings
	base     string
	secret   channel.Secret
}

// An ExotelForm is how an account asks.
type ExotelForm string

// The forms.
const (
	ExoML   ExotelForm = "exoml"
	Applets ExotelForm = "applets"
)

// ExotelSettings is how Exotel reaches us.
type ExotelSettings struct {
	Form   ExotelForm `name:"exotel-form" env:"TIKALINE_EXOTEL_FORM" enum:"exoml,applets" default:"exoml" help:"How the Exotel account asks about calls (${enum})."`
	Phones []string   `name:"ivr-agent-phones" env:"TIKALINE_IVR_AGENT_PHONES" help:"Agents' telephones, for Exotel, which has no queue to put callers in."`
	App    string     `name:"calls-app" env:"TIKALINE_CALLS_EXOTEL_APP" help:"Id of the flow at Exotel that a call back goes through, and that asks us."`

	PublicURL string   `kong:"-"`
	Secret    string   `kong:"-"`
	Missed    []string `kong:"-"` // our numbers that take only missed calls
	CallerID  string   `kong:"-"` // what agents see
}

func (*ExotelSettings) name() string { return exotelName }

func (x *ExotelSettings) inbound(w With) (Adapter, bool, error) {
	s := *x
	s.PublicURL, s.Secret = w.PublicURL, channel.SecretOf(w.Exotel.Secret, w.Demo)
	s.Missed, s.CallerID = w.missed, w.from[exotelName]
	if s.Secret == "" {
		return nil, false, nil
	}
	if !w.Demo { // nothing else keeps others from posing as it
		if err := channel.CheckLength(exotelName, s.Secret); err != nil {
			return nil, false, err
		}
	}
	a, err := NewExotel(s)
	return a, err == nil, err
}

// calls returns how Exotel is asked for calls.
func (x *ExotelSettings) calls(w With) ExotelCallSettings {
	s := ExotelCallSettings{PublicURL: w.PublicURL, Account: w.Exotel, CallerID: w.from[exotelName], App: x.App}
	s.Secret = channel.SecretOf(s.Secret, w.Demo)
	return s
}

func (x *ExotelSettings) outbound(w With) (outbox.Provider, error) {
	return NewExotelCaller(x.calls(w))
}

func (x *ExotelSettings) recordings(w With) (Source, bool, error) {
	if w.Exotel.SID == "" {
		return Source{}, false, nil
	}
	s, err := ExotelRecordings(x.calls(w))
	return s, err == nil, err
}

const (
	exotelName = "exotel"
	exotelRing = 60 // seconds that an agent's telephone rings
)

// NewExotel returns the adapter.
func NewExotel(s ExotelSettings) (Adapter, error) {
	u, err := url.Parse(s.PublicURL)
	switch {
	case s.Secret == "":
		return nil, errors.New("exotel: the secret is missing")
	case err != nil || u.Host == "":
		return nil, errors.New("exotel: the public address is none")
	case s.Form != ExoML && s.Form != Applets:
		return nil, fmt.Errorf("exotel: the form %q is neither %s nor %s", s.Form, ExoML, Applets)
	}
	return &exotel{s, strings.TrimSuffix(s.PublicURL, "/") + "/ivr/exotel/" + url.PathEscape(s.Secret), channel.NewSecret(s.Secret)}, nil
}

func (*exotel) Name() string { return exotelName }

// Decode reads what Exotel asks.
func (x *exotel) Decode(c echo.Context) (Request, error) {
	secret, rest, _ := strings.Cut(c.Param("*"), "/")
	secret, err := url.PathUnescape(secret)
	if !x.secret.Matches(secret) || err != nil {
		return Request{}, echo.ErrNotFound
	}
	form, err := x.form(c)
	if err != nil {
		return Request{}, err
	}
	whats := map[string]What{"": Answers, "turn": Answers, "left": Leaves, "status": Ends}
	if x.settings.Form == Applets {
		whats = map[string]What{"gather": Answers, "pass": Answers, "connect": Answers, "status": Ends}
	}
	what, ok := whats[strings.Trim(rest, "/")]
	if !ok {
		return Request{}, echo.ErrNotFound
	}
	r := Request{What: what, Lang: c.QueryParam("lang")}
	if r.Event, err = x.event(c, form); err != nil {
		return r, err
	}
	switch what {
	case Leaves:
		r.Spoken = form.Get("DialCallStatus") == "completed" || form.Get("DialCallStatus") == "answered"
	case Ends:
		x.end(&r, form)
	}
	if x.settings.Form == Applets && what == Answers {
		r.Part = strings.Trim(rest, "/")
		r.Present, r.Look, r.NoVoice, r.Stamp = true, r.Part != "pass", true, form.Get("CurrentTime")
	}
	return r, nil
}

// form returns the parameters of the address, and of a form. A name that comes twice
// is refused: one of the two would be believed without having been looked at.
func (x *exotel) form(c echo.Context) (url.Values, error) {
	v, err := channel.Query(c)
	if err != nil {
		return nil, err
	}
	var posted url.Values
	switch c.Request().Method {
	case http.MethodGet:
	case http.MethodPost:
		if posted, err = x.posted(c); err != nil {
			return nil, err
		}
	default:
		return nil, echo.ErrMethodNotAllowed
	}
	return channel.Merge(v, posted)
}

// posted reads a form; what tells of the end of a call is one of several parts.
func (x *exotel) posted(c echo.Context) (url.Values, error) {
	if !strings.HasPrefix(c.Request().Header.Get(echo.HeaderContentType), echo.MIMEMultipartForm) {
		return channel.Form(c)
	}
	c.Request().Body = http.MaxBytesReader(c.Response(), c.Request().Body, channel.MaxBody)
	if err := c.Request().ParseMultipartForm(channel.MaxBody); err != nil {
		return nil, channel.Unreadable(err)
	}
	return c.Request().MultipartForm.Value, nil
}

func (x *exotel) event(c echo.Context, form url.Values) (Event, error) {
	e := Event{Provider: exotelName, Agents: len(x.settings.Phones) > 0, Keys: strings.Trim(either(form, "DigitsPressed", "digits"), `" `)}
	var err error
	if e.Call, err = need("CallSid", form.Get("CallSid")); err != nil {
		return e, err
	}
	from := either(form, "CallFrom", "From")
	if e.To, err = need("CallTo", either(form, "CallTo", "To")); err != nil {
		return e, err
	}
	// What comes back with a call of ours: what it was made for. From is then
	// whom we called.
	if notice := either(form, "CustomField", "notice"); notice != "" {
		if e.Notice, err = uuid.Parse(notice); err != nil {
			return e, channel.Bad("CustomField", "is malformed")
		}
	}
	e.Out = e.Notice != uuid.Nil || strings.HasPrefix(form.Get("Direction"), "outbound")
	e.Number = Mobile(from)
	e.Missed = !e.Out && sameNumber(e.To, x.settings.Missed)
	if n := c.QueryParam("n"); n != "" {
		if e.Turn, err = strconv.Atoi(n); err != nil || e.Turn < 1 || e.Turn > maxTurns {
			return e, channel.Bad("n", "is malformed")
		}
	}
	if e.Keys, err = keys("DigitsPressed", e.Keys); err != nil {
		return e, err
	}
	if u := form.Get("RecordingUrl"); u != "" && c.QueryParam("record") == "1" {
		sum := sha256.Sum256([]byte(u))
		e.Recording = Recording{ID: "exotel" + hex.EncodeToString(sum[:16]), URL: u, Secs: 1}
		if raw := form.Get("RecordingDuration"); raw != "" {
			e.Recording.Secs, _ = strconv.Atoi(raw)
		}
	}
	return e, nil
}

// end reads how a call came to its end.
func (x *exotel) end(r *Request, form url.Values) {
	r.Duration = seconds(either(form, "ConversationDuration", "DialCallDuration"))
	r.Spoken = seconds(form.Get("DialCallDuration")) > 0 // with whom Connect put the caller through
	switch strings.ToLower(either(form, "Status", "CallStatus")) {
	case "completed":
		r.Outcome = calls.HungUp
	case "busy":
		r.Outcome = calls.Busy
	case "no-answer", "canceled", "cancelled":
		r.Outcome = calls.NoAnswer
	case "failed":
		r.Outcome = calls.Failed
	default:
		switch form.Get("CallType") { // of a Passthru at the end of a flow
		case "completed", "client-hangup", "incomplete", "voicemail":
			r.Outcome = calls.HungUp
		case "call-attempt":
			r.Outcome = calls.NoAnswer
		default:
			r.What = Nothing
		}
	}
}

// either returns the first of two fields that says something.
func either(form url.Values, a, b string) string {
	if v := form.Get(a); v != "" {
		return v
	}
	return form.Get(b)
}

// Encode writes what happens on the line.
func (x *exotel) Encode(c echo.Context, r Request, verbs []Verb) error {
	if x.settings.Form == Applets {
		return x.applet(c, r, verbs)
	}
	root := node{name: "Response"}
	for _, v := range verbs {
		root.nodes = append(root.nodes, x.node(v)...)
	}
	b, err := document(root)
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentLength, strconv.Itoa(len(b))) // or a longer one comes in chunks
	return c.Blob(http.StatusOK, echo.MIMEApplicationXMLCharsetUTF8, b)
}

func (x *exotel) next(v Verb) string { return x.base + "/turn?n=" + strconv.Itoa(v.Turn) }

// node returns a verb in ExoML; what it has none for is left out.
func (x *exotel) node(v Verb) []node {
	switch v.Do {
	case Say:
		return []node{{name: "Say", attrs: []string{"language", twilioLang[v.Lang]}, text: v.Text}}
	case Play:
		return []node{{name: "Play", text: absoluteTo(strings.TrimSuffix(x.settings.PublicURL, "/"), v.URL)}}
	case Gather:
		end := "#"
		if v.Keys == 1 {
			end = ""
		}
		n := node{name: "Gather", attrs: []string{
			"numDigits", strconv.Itoa(v.Keys), "timeout", strconv.Itoa(v.Secs), "finishOnKey", end, "method", "POST", "action", x.next(v),
		}}
		for _, in := range v.In {
			n.nodes = append(n.nodes, x.node(in)...)
		}
		return []node{n}
	case Record:
		return []node{{name: "Record", attrs: []string{
			"maxLength", strconv.Itoa(v.Secs), "playBeep", "true", "finishOnKey", "1234567890*#", "method", "POST", "action", x.next(v) + "&record=1",
		}}}
	case Go:
		return []node{{name: "Redirect", attrs: []string{"method", "POST"}, text: x.next(v)}}
	case Queue:
		n := node{name: "Dial", attrs: []string{
			"callerId", x.settings.CallerID, "timeout", strconv.Itoa(exotelRing), "method", "POST",
			"action", x.base + "/left?lang=" + url.QueryEscape(v.Lang),
		}}
		for _, phone := range x.settings.Phones {
			n.nodes = append(n.nodes, node{name: "Number", text: phone})
		}
		return []node{n}
	case Reject, Hangup:
		return []node{{name: "Hangup"}}
	}
	return nil
}

// An exotelPrompt is what the Gather applet says.
type exotelPrompt struct {
	Text  string `json:"text,omitempty"`
	Audio string `json:"audio_url,omitempty"`
}

type exotelGather struct {
	Prompt  exotelPrompt `json:"gather_prompt"`
	Keys    int          `json:"max_input_digits"`
	Finish  string       `json:"finish_on_key"`
	Timeout int          `json:"input_timeout"`
	Repeat  int          `json:"repeat_menu"`
}

type exotelConnect struct {
	Destination struct {
		Numbers []string `json:"numbers"`
	} `json:"destination"`
}

// applet answers the applets of a flow.
func (x *exotel) applet(c echo.Context, r Request, verbs []Verb) error {
	switch r.Part {
	case "pass":
		// Words that end the call are said by Gather first; then it is asked here
		// once more, and there are none.
		if has := func(a Act) bool { return slices.ContainsFunc(verbs, func(v Verb) bool { return v.Do == a }) }; has(Queue) || has(Hangup) && !has(Say) && !has(Play) {
			return c.NoContent(http.StatusFound)
		}
		return c.NoContent(http.StatusOK)
	case "connect":
		out := exotelConnect{}
		out.Destination.Numbers = []string{}
		// Of who has no number we know only that the flow comes here for nobody else
		// than who is to be put through.
		if r.Number == "" || slices.ContainsFunc(verbs, func(v Verb) bool { return v.Do == Queue }) {
			out.Destination.Numbers = x.settings.Phones
		}
		return c.JSON(http.StatusOK, out)
	case "gather":
		return c.JSON(http.StatusOK, x.gather(verbs))
	}
	return c.NoContent(http.StatusOK) // nobody reads it
}

// gather puts what is said into one text, or one recording if there is nothing
// else.
func (x *exotel) gather(verbs []Verb) exotelGather {
	out := exotelGather{Keys: 1, Timeout: 1}
	var texts, plays []string
	var walk func([]Verb)
	walk = func(list []Verb) {
		for _, v := range list {
			switch v.Do {
			case Say:
				texts = append(texts, v.Text)
			case Play:
				plays = append(plays, absoluteTo(strings.TrimSuffix(x.settings.PublicURL, "/"), v.URL))
			case Gather:
				out.Keys, out.Timeout = v.Keys, v.Secs
				if v.Keys > 1 {
					out.Finish = "#"
				}
				walk(v.In)
			}
		}
	}
	walk(verbs)
	if len(texts) == 0 && len(plays) == 1 {
		out.Prompt.Audio = plays[0]
	} else {
		out.Prompt.Text = strings.Join(texts, " ")
	}
	return out
}
