package main

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

// A phone speaks to a running Tikaline as Africa's Talking would on a caller's
// behalf: for talk and for the tests.
type phone struct {
	base    string // http://127.0.0.1:8080
	secret  string
	number  string
	session string // "" while hung up
	text    string
	last    url.Values
}

// A screen is what the phone shows, and whether it waits for an answer.
type screen struct {
	Text string
	Open bool
}

// dial begins a session; path is what was dialled after the code, such as
// 1*800001, or "".
func (p *phone) dial(ctx context.Context, path string) (screen, error) {
	p.session, p.text = "ATUid_"+rand.Text(), path
	return p.send(ctx)
}

// press sends an answer.
func (p *phone) press(ctx context.Context, input string) (screen, error) {
	if p.session == "" {
		return screen{}, fmt.Errorf("press %q: no session is open, dial first", input)
	}
	if p.text != "" {
		p.text += "*"
	}
	p.text += input
	return p.send(ctx)
}

// write texts, as Kannel brings it; the answer comes to the inbox. id names the
// message, and the same id again is the same message.
func (p *phone) write(ctx context.Context, id, text string) error {
	q := url.Values{"id": {id}, "from": {p.number}, "to": {"56161"}, "coding": {"2"}, "charset": {"UTF-8"}, "text": {text}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.base+"/sms/kannel/"+p.secret+"?"+q.Encode(), nil)
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	_, err = fetch(req)
	return err
}

// hangUp drops the session and tells the server as the aggregator does.
func (p *phone) hangUp(ctx context.Context) error {
	form := url.Values{"sessionId": {p.session}, "phoneNumber": {p.number}, "serviceCode": {"*384*100#"}, "status": {"Incomplete"}}
	p.session = ""
	_, err := p.post(ctx, "/ussd/africastalking/"+p.secret+"/events", form)
	return err
}

// again delivers the last message once more.
func (p *phone) again(ctx context.Context) (screen, error) { return p.deliver(ctx, p.last) }

func (p *phone) send(ctx context.Context) (screen, error) {
	p.last = url.Values{
		"sessionId": {p.session}, "phoneNumber": {p.number}, "serviceCode": {"*384*100#"},
		"text": {p.text}, "networkCode": {"99999"},
	}
	return p.deliver(ctx, p.last)
}

func (p *phone) deliver(ctx context.Context, form url.Values) (screen, error) {
	body, err := p.post(ctx, "/ussd/africastalking/"+p.secret, form)
	if err != nil {
		return screen{}, err
	}
	verb, text, ok := strings.Cut(body, " ")
	if !ok || (verb != "CON" && verb != "END") {
		return screen{}, fmt.Errorf("the answer begins with neither CON nor END: %.40q", body)
	}
	if verb == "END" {
		p.session = ""
	}
	return screen{Text: text, Open: verb == "CON"}, nil
}

func (p *phone) post(ctx context.Context, path string, form url.Values) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return "", fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return fetch(req)
}

// inbox is the messages delivered to the phone, oldest first.
func (p *phone) inbox(ctx context.Context) ([]delivered, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.base+"/phone/inbox?number="+url.QueryEscape(p.number), nil)
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	body, err := fetch(req)
	if err != nil {
		return nil, err
	}
	var all []delivered
	if err := json.Unmarshal([]byte(body), &all); err != nil {
		return nil, fmt.Errorf("read inbox: %w", err)
	}
	return all, nil
}

// await is the messages once there are more than seen, or after a while.
func (p *phone) await(ctx context.Context, seen int, patience time.Duration) ([]delivered, error) {
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		all, err := p.inbox(ctx)
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
