package exchange

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// patience is how long Twilio waits for an answer.
const patience = 15 * time.Second

// maxRedirects bounds documents that lead to one another without a word.
const maxRedirects = 20

// A Line is one call through the exchange.
type Line struct {
	Base     string // where requests go: http://127.0.0.1:8080
	Public   string // what they are signed for: https://vax.example.in
	Token    string
	Account  string
	From, To string
	SID      string // of the call; "" is made from From and a serial number
	Client   *http.Client

	// Out is the path of a call that we made, from To to From's telephone.
	Out        string
	AnsweredBy string // by whom it is taken; "" is a person

	Untold error // why the end of the call could not be told

	state   State
	todo    []Node // of the document, what comes next
	gather  *Node  // that waits
	ahead   string // keys pressed and not yet taken
	waiting bool   // in a queue
	queue   Node
	place   int
	heard   Heard
	calls   int // documents fetched since something was said
	records int
	last    *sent
	began   bool
}

// A State is what the line waits for.
type State string

// The states.
const (
	Keys     State = "keys"
	Voice    State = "voice"
	Queued   State = "queue"
	Talking  State = "talking"
	Over     State = "over"
	Rejected State = "rejected"
)

// A Heard is what was heard since the caller last did something.
type Heard struct {
	Said  []Said
	State State
	Keys  int // that are waited for at most
}

// A Said is one text or recording.
type Said struct {
	Lang string
	Text string
	Play string // address of a recording
	Slow bool
}

// Text is everything that was said, a text to a line.
func (h Heard) Text() string {
	var lines []string
	for _, s := range h.Said {
		switch {
		case s.Play != "":
			lines = append(lines, "("+s.Play+")")
		default:
			lines = append(lines, s.Text)
		}
	}
	return strings.Join(lines, "\n")
}

// Call dials, or takes the call that was made to this telephone.
func (l *Line) Call(ctx context.Context) (Heard, error) {
	if l.began {
		return Heard{}, errors.New("the line was used before")
	}
	l.began, l.state = true, ""
	path, form := "/ivr/twilio", url.Values{"CallStatus": {"ringing"}}
	if l.Out != "" {
		path, form = l.Out, url.Values{"CallStatus": {"in-progress"}}
		if l.AnsweredBy != "" {
			form.Set("AnsweredBy", l.AnsweredBy)
		}
	}
	if err := l.fetch(ctx, l.Public+path, form); err != nil {
		return Heard{}, err
	}
	return l.run(ctx)
}

// Press presses keys, one after the other.
func (l *Line) Press(ctx context.Context, keys string) (Heard, error) {
	l.ahead += keys
	switch l.state {
	case Keys, Queued:
		return l.collect(ctx)
	case Voice:
		return l.record(ctx, 0, keys[:1])
	}
	return Heard{}, fmt.Errorf("nobody waits for a key: %s", l.state)
}

// Silence does nothing until the exchange goes on.
func (l *Line) Silence(ctx context.Context) (Heard, error) {
	switch l.state {
	case Keys, Queued:
		return l.collect(ctx)
	case Voice: // falls through to what follows it
		l.state = ""
		return l.run(ctx)
	}
	return Heard{}, fmt.Errorf("nothing comes of silence: %s", l.state)
}

// Speak says something for some seconds, and then presses #.
func (l *Line) Speak(ctx context.Context, seconds int) (Heard, error) {
	return l.SpeakThen(ctx, seconds, "#")
}

// SpeakThen says something for some seconds, and then presses a key.
func (l *Line) SpeakThen(ctx context.Context, seconds int, key string) (Heard, error) {
	if l.state != Voice {
		return Heard{}, fmt.Errorf("nobody listens: %s", l.state)
	}
	return l.record(ctx, seconds, key)
}

// Agent takes the caller out of the queue and talks to them.
func (l *Line) Agent(ctx context.Context) (Heard, error) {
	if !l.waiting {
		return Heard{}, errors.New("the caller is in no queue")
	}
	if err := l.left(ctx, "bridged"); err != nil {
		return Heard{}, err
	}
	return l.run(ctx)
}

// Moves puts the caller further up in the queue.
func (l *Line) Moves(place int) { l.place = place }

// HangUp puts the phone down.
func (l *Line) HangUp(ctx context.Context) error { return l.HangUpAfter(ctx, 0) }

// HangUpAfter puts the phone down after something was said for some seconds.
func (l *Line) HangUpAfter(ctx context.Context, seconds int) error {
	switch {
	case l.state == Over || l.state == Rejected:
		return nil
	case l.state == Voice:
		form := l.recorded(seconds, "hangup")
		if _, err := l.post(ctx, l.gather.Attrs["action"], form); err != nil {
			return err
		}
		if err := l.told(ctx, *l.gather, form); err != nil {
			return err
		}
	case l.waiting:
		form := l.form(url.Values{"QueueResult": {"hangup"}, "QueueTime": {"30"}})
		if _, err := l.post(ctx, l.queue.Attrs["action"], form); err != nil {
			return err
		}
	}
	l.waiting = false
	l.state = Over
	return l.ended(ctx, "completed")
}

// run does what the document says until somebody has to do something.
func (l *Line) run(ctx context.Context) (Heard, error) {
	for l.state == "" {
		if len(l.todo) == 0 {
			if l.waiting { // the music is asked for again
				if err := l.fetchWait(ctx); err != nil {
					return Heard{}, err
				}
				continue
			}
			l.state = Over // at its end a document hangs up
			if err := l.ended(ctx, "completed"); err != nil {
				return Heard{}, err
			}
			break
		}
		n := l.todo[0]
		l.todo = l.todo[1:]
		if err := l.do(ctx, n); err != nil {
			return Heard{}, err
		}
	}
	if l.state == Keys && l.ahead != "" {
		return l.collect(ctx)
	}
	h := l.heard
	h.State = l.state
	if l.state == Keys {
		h.Keys, _ = strconv.Atoi(l.gather.Attrs["numDigits"])
	}
	l.heard = Heard{}
	return h, nil
}

// do does one verb.
func (l *Line) do(ctx context.Context, n Node) error {
	if l.waiting && !slices.Contains([]string{"Play", "Say", "Pause", "Hangup", "Redirect", "Leave", "Gather"}, n.Name) {
		return fmt.Errorf("<%s> may not be in a queue", n.Name)
	}
	switch n.Name {
	case "Say", "Play", "Pause":
		l.say(n)
	case "Gather":
		for _, c := range n.Nodes {
			l.say(c)
		}
		l.gather, l.state = &n, Keys
		if l.waiting {
			l.state = Queued
		}
	case "Record":
		l.gather, l.state = &n, Voice
	case "Redirect":
		return l.fetch(ctx, strings.TrimSpace(n.Text), nil)
	case "Enqueue":
		l.queue, l.waiting = n, true
		if l.place == 0 {
			l.place = 1
		}
		return l.fetchWait(ctx)
	case "Leave":
		if !l.waiting {
			return errors.New("<Leave> of no queue")
		}
		return l.left(ctx, "leave")
	case "Hangup":
		l.state = Over
		return l.ended(ctx, "completed")
	case "Reject":
		if l.calls > 1 {
			return errors.New("<Reject> of a call that was answered")
		}
		l.state = Rejected
		return l.ended(ctx, "busy")
	default:
		return fmt.Errorf("<%s> at this place is not understood", n.Name)
	}
	return nil
}

func (l *Line) say(n Node) {
	s := Said{Lang: strings.TrimSuffix(n.Attrs["language"], "-IN"), Text: n.spoken()}
	switch n.Name {
	case "Pause":
		return
	case "Play":
		s = Said{Play: strings.TrimSpace(n.Text)}
	default:
		s.Slow = len(n.Nodes) > 0
	}
	l.heard.Said = append(l.heard.Said, s)
	l.calls = 1
}

// collect takes keys until a Gather has what it wants.
func (l *Line) collect(ctx context.Context) (Heard, error) {
	n := *l.gather
	most, err := strconv.Atoi(n.Attrs["numDigits"])
	if err != nil {
		most = 1 << 10
	}
	end, has := n.Attrs["finishOnKey"]
	if !has {
		end = "#"
	}
	digits := ""
	for len(l.ahead) > 0 && len(digits) < most {
		k := l.ahead[:1]
		l.ahead = l.ahead[1:]
		if k == end {
			break
		}
		digits += k
	}
	l.state = ""
	if digits == "" && n.Attrs["actionOnEmptyResult"] != "true" {
		return l.run(ctx)
	}
	// In a queue, too: only its waitUrl is told of the place in it.
	form := url.Values{"Digits": {digits}, "FinishedOnKey": {""}, "msg": {"Gather End"}}
	if err := l.fetch(ctx, n.Attrs["action"], form); err != nil {
		return Heard{}, err
	}
	return l.run(ctx)
}

// record ends a recording.
func (l *Line) record(ctx context.Context, seconds int, key string) (Heard, error) {
	n := *l.gather
	l.ahead, l.state = "", ""
	form := l.recorded(seconds, key)
	action := n.Attrs["action"]
	if err := l.fetch(ctx, action, form); err != nil {
		return Heard{}, err
	}
	if err := l.told(ctx, n, form); err != nil {
		return Heard{}, err
	}
	return l.run(ctx)
}

// told tells of a recording: the call, and neither of its numbers.
func (l *Line) told(ctx context.Context, record Node, form url.Values) error {
	address, status := record.Attrs["recordingStatusCallback"], "completed"
	if address == "" {
		return nil
	}
	if form.Get("RecordingDuration") == "0" {
		status = "absent"
	}
	_, err := l.send(ctx, address, url.Values{
		"AccountSid": {l.Account}, "CallSid": {l.sid()}, "RecordingSid": form["RecordingSid"], "RecordingUrl": form["RecordingUrl"],
		"RecordingStatus": {status}, "RecordingDuration": form["RecordingDuration"], "RecordingChannels": {"1"},
		"RecordingSource": {"RecordVerb"}, "RecordingStartTime": {"Mon, 20 Sep 2021 04:30:00 +0000"}, "ErrorCode": {"0"},
	})
	return err
}

func (l *Line) recorded(seconds int, key string) url.Values {
	l.records++
	sid := fmt.Sprintf("RE%s%03d", l.sid()[2:], l.records)
	return l.form(url.Values{
		"RecordingSid": {sid}, "RecordingUrl": {"https://api.twilio.com/2010-04-01/Accounts/" + l.Account + "/Recordings/" + sid},
		"RecordingDuration": {strconv.Itoa(seconds)}, "Digits": {key},
	})
}

func (l *Line) inQueue(form url.Values) url.Values {
	form.Set("QueuePosition", strconv.Itoa(l.place))
	form.Set("QueueTime", "30")
	form.Set("QueueSid", "QU01")
	form.Set("CurrentQueueSize", strconv.Itoa(l.place))
	return form
}

func (l *Line) fetchWait(ctx context.Context) error {
	return l.fetch(ctx, l.queue.Attrs["waitUrl"], l.inQueue(url.Values{}))
}

// left comes out of the queue.
func (l *Line) left(ctx context.Context, result string) error {
	l.waiting, l.state, l.todo = false, "", nil
	return l.fetch(ctx, l.queue.Attrs["action"], url.Values{"QueueResult": {result}, "QueueTime": {"40"}, "QueueSid": {"QU01"}})
}

// ended tells that the call is over.
func (l *Line) ended(ctx context.Context, status string) error {
	address := l.Public + "/ivr/twilio/status"
	if u, err := url.Parse(l.Out); err == nil && u.RawQuery != "" {
		address += "?" + u.RawQuery
	}
	if _, err := l.send(ctx, address, l.form(url.Values{"CallStatus": {status}, "CallDuration": {"60"}})); err != nil {
		l.Untold = err // nobody is on the line any more to be told
	}
	return ctx.Err()
}

// NotTaken tells that nobody took the call that we made.
func (l *Line) NotTaken(ctx context.Context, status string) error {
	l.state = Over
	return l.ended(ctx, status)
}
