package exchange

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// sent is a request as it was sent.
type sent struct {
	address string
	form    url.Values
}

// Sign is the signature of a form for an address.
func Sign(token, address string, form url.Values) string {
	names := make([]string, 0, len(form))
	for name := range form {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		address += name + form.Get(name)
	}
	h := hmac.New(sha1.New, []byte(token))
	h.Write([]byte(address))
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// Deliver delivers a request once more, and is what is answered to it.
func (l *Line) Deliver(ctx context.Context, r Request) (Node, error) {
	body, err := l.send(ctx, l.Public+r.Path, r.Form)
	if err != nil {
		return Node{}, err
	}
	return Parse(body)
}

// A Request is what was asked on the line.
type Request struct {
	Path string
	Form url.Values
}

// Last is the request that was answered last.
func (l *Line) Last() Request {
	return Request{strings.TrimPrefix(l.last.address, l.Public), l.last.form}
}

// fetch asks for the next document, and the fallback where there is none.
func (l *Line) fetch(ctx context.Context, address string, form url.Values) error {
	l.calls++
	if l.calls > maxRedirects {
		return errors.New("documents lead to one another without a word")
	}
	form = l.form(form)
	body, err := l.post(ctx, address, form)
	if err == nil {
		var root Node
		if root, err = Parse(body); err == nil {
			l.todo = root.Nodes
			return nil
		}
		return err
	}
	if strings.HasSuffix(address, "/fallback") {
		return err
	}
	form.Set("ErrorCode", "11200")
	form.Set("ErrorUrl", address)
	return l.fetch(ctx, l.Public+"/ivr/twilio/fallback", form)
}

func (l *Line) sid() string {
	if l.SID != "" {
		return l.SID
	}
	return "CA" + strings.TrimPrefix(l.From, "+")
}

// form is what every request has, with more.
func (l *Line) form(more url.Values) url.Values {
	f := url.Values{
		"CallSid": {l.sid()}, "AccountSid": {l.Account}, "From": {l.From}, "To": {l.To}, "CallStatus": {"in-progress"},
		"Direction": {"inbound"}, "ApiVersion": {"2010-04-01"}, "Called": {l.To}, "Caller": {l.From},
	}
	if l.Out != "" {
		f.Set("From", l.To)
		f.Set("To", l.From)
		f.Set("Direction", "outbound-api")
	}
	for name, v := range more {
		f[name] = v
	}
	return f
}

func (l *Line) post(ctx context.Context, address string, form url.Values) ([]byte, error) {
	l.last = &sent{address, form}
	return l.send(ctx, address, form)
}

func (l *Line) send(ctx context.Context, address string, form url.Values) ([]byte, error) {
	path, ok := strings.CutPrefix(address, l.Public)
	if !ok {
		return nil, fmt.Errorf("an address that is none of ours: %s", address)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, l.Base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
	req.Header.Set("X-Twilio-Signature", Sign(l.Token, address, form))
	client := l.Client
	if client == nil {
		client = http.DefaultClient
	}
	res, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxDocument+1))
	if err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusOK && res.StatusCode != http.StatusNoContent {
		return nil, fmt.Errorf("%s answered %d: %.100s", path, res.StatusCode, body)
	}
	if kind := res.Header.Get("Content-Type"); len(body) > 0 && !strings.HasPrefix(kind, "text/xml") && !strings.HasPrefix(kind, "application/xml") {
		return nil, fmt.Errorf("%s answered %s, which would be read out", path, kind)
	}
	return body, nil
}
