package ops

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// A Phone speaks to a running Tikaline as Africa's Talking would on a caller's
// behalf: for talk and for the tests.
type Phone struct {
	Base   string // http://127.0.0.1:8080
	Secret string
	Number string

	Session string // "" while hung up
	text    string
	last    url.Values
}

// Delivered is a message as it reached a phone of the demo.
type Delivered struct {
	At     time.Time `json:"at"`
	ID     string    `json:"id"` // of the notice: a call of ours is taken by it
	Medium string    `json:"medium"`
	Kind   string    `json:"kind"`
	Text   string    `json:"text"`
}

// A Screen is what the phone shows, and whether it waits for an answer.
type Screen struct {
	Text string
	Open bool
}

// Dial begins a session; path is what was dialled after the code, such as
// 1*800001, or "".
func (p *Phone) Dial(ctx context.Context, path string) (Screen, error) {
	p.Session, p.text = "ATUid_"+rand.Text(), path
	return p.send(ctx)
}

// Press sends an answer.
func (p *Phone) Press(ctx context.Context, input string) (Screen, error) {
	if p.Session == "" {
		return Screen{}, fmt.Errorf("press %q: no session is open, dial first", input)
	}
	if p.text != "" {
		p.text += "*"
	}
	p.text += input
	return p.send(ctx)
}

// Write texts, as Kannel brings it; the answer comes to the inbox. id names the
// message, and the same id again is the same message.
func (p *Phone) Write(ctx context.Context, id, text string) error {
	q := url.Values{"id": {id}, "from": {p.Number}, "to": {"56161"}, "coding": {"2"}, "charset": {"UTF-8"}, "text": {text}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.Base+"/sms/kannel/"+p.Secret+"?"+q.Encode(), nil)
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	_, err = fetch(req)
	return err
}

// HangUp drops the session and tells the server as the aggregator does.
func (p *Phone) HangUp(ctx context.Context) error {
	form := url.Values{"sessionId": {p.Session}, "phoneNumber": {p.Number}, "serviceCode": {"*384*100#"}, "status": {"Incomplete"}}
	p.Session = ""
	_, err := p.post(ctx, "/ussd/africastalking/"+p.Secret+"/events", form)
	return err
}

// Again delivers the last message once more.
func (p *Phone) Again(ctx context.Context) (Screen, error) { return p.deliver(ctx, p.last) }

func (p *Phone) send(ctx context.Context) (Screen, error) {
	p.last = url.Values{
		"sessionId": {p.Session}, "phoneNumber": {p.Number}, "serviceCode": {"*384*100#"},
		"text": {p.text}, "networkCode": {"99999"},
	}
	return p.deliver(ctx, p.last)
}

func (p *Phone) deliver(ctx context.Context, form url.Values) (Screen, error) {
	body, err := p.post(ctx, "/ussd/africastalking/"+p.Secret, form)
	if err != nil {
		return Screen{}, err
	}
	verb, text, ok := strings.Cut(body, " ")
	if !ok || (verb != "CON" && verb != "END") {
		return Screen{}, fmt.Errorf("the answer begins with neither CON nor END: %.40q", body)
	}
	if verb == "END" {
		p.Session = ""
	}
	return Screen{Text: text, Open: verb == "CON"}, nil
}

func (p *Phone) post(ctx context.Context, path string, form url.Values) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.Base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return "", fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return fetch(req)
}

// Inbox is the messages delivered to the phone, oldest first.
func (p *Phone) Inbox(ctx context.Context) ([]Delivered, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.Base+"/phone/inbox?number="+url.QueryEscape(p.Number), nil)
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	body, err := fetch(req)
	if err != nil {
		return nil, err
	}
	var all []Delivered
	if err := json.Unmarshal([]byte(body), &all); err != nil {
		return nil, fmt.Errorf("read inbox: %w", err)
	}
	return all, nil
}

// Await is the messages once there are more than seen, or after a while.
func (p *Phone) Await(ctx context.Context, seen int, patience time.Duration) ([]Delivered, error) {
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		all, err := p.Inbox(ctx)
		if err != nil || len(all) > seen || time.Now().After(end) {
			return all, err
		}
	}
}

func fetch(req *http.Request) (string, error) {
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", fmt.Errorf("ask the server: %w", err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		return "", fmt.Errorf("read the answer: %w", err)
	}
	if res.StatusCode != http.StatusOK {
		return "", fmt.Errorf("the server answered %d: %.80s", res.StatusCode, body)
	}
	return string(body), nil
}
