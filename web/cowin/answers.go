package cowin

import (
	"bytes"
	"encoding/json"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// A query is a question about places. Equal queries have equal answers.
type query struct {
	kind    string
	place   string
	day     int32
	vaccine string
	lang    string
}

// answers caches each answer for keep, so that a question that thousands ask
// costs as much as one. All are thrown away together: no answer is looked for
// among old ones, and none stays that nobody asks for.
type answers struct {
	keep time.Duration
	now  func() time.Time
	page atomic.Pointer[page]
}

// A page holds the answers since one moment.
type page struct {
	since  time.Time
	bodies sync.Map // query -> *body
	bytes  atomic.Int64
}

type body struct {
	once sync.Once
	json []byte
	err  error
}

// pageBytes is the most that a page holds; further answers are made each time.
const pageBytes = 64 << 20

var errNotMade = errors.New("the answer was not made")

// get returns the cached answer to a query, or the one that make makes.
func (a *answers) get(q query, make func() any) ([]byte, error) {
	if a.keep <= 0 {
		return encode(make())
	}
	now := a.now()
	p := a.page.Load()
	for p == nil || now.Sub(p.since) >= a.keep || now.Before(p.since) {
		fresh := &page{since: now}
		if a.page.CompareAndSwap(p, fresh) {
			p = fresh
		} else {
			p = a.page.Load()
			break // another request replaced the page just now
		}
	}
	found, ok := p.bodies.Load(q)
	if !ok {
		if p.bytes.Load() > pageBytes {
			return encode(make())
		}
		found, _ = p.bodies.LoadOrStore(q, new(body))
	}
	b := found.(*body)
	b.once.Do(func() {
		b.err = errNotMade // for the other requests that wait, should make panic
		b.json, b.err = encode(make())
		p.bytes.Add(int64(len(b.json)) + 256)
	})
	return b.json, b.err
}

// encode returns a value in JSON, without escaping HTML.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
