package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// A message is a request ready to be sent, and the reply that it must get.
type message struct {
	request []byte
	session int // the position of the conversation's number in the request
	again   int // the position of its second occurrence; 0 is none
	want    []byte

	// seal signs the request for that number; nil where nothing is signed.
	seal func(request, digits []byte)
}

// sessionDigits is how long that number is, so that a request's length never
// changes.
const sessionDigits = 12

// messages returns a phone's requests for the keys pressed one after another;
// the first are dialled after the code.
func messages(secret string, number int64, keyed ...string) []message {
	list := make([]message, 0, len(keyed))
	text := ""
	for i, k := range keyed {
		if i > 0 && text != "" {
			text += "%2A"
		}
		text += k
		const begin = "sessionId=ATUid_"
		body := fmt.Sprintf("%s%0*d&phoneNumber=%%2B%d&serviceCode=%%2A384%%2A100%%23&text=%s&networkCode=99999", begin, sessionDigits, 0, number, text)
		head := fmt.Sprintf("POST /ussd/africastalking/%s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n", secret, len(body))
		list = append(list, message{request: []byte(head + body), session: len(head) + len(begin)})
	}
	return list
}

// A caller holds one conversation after another over one connection.
type caller struct {
	conn     net.Conn
	in       *bufio.Reader
	body     []byte
	messages []message
	held     int64 // conversations begun
}

func (c *caller) dial(ctx context.Context, addr string) (err error) {
	var d net.Dialer
	if c.conn, err = d.DialContext(ctx, "tcp4", addr); err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	c.in = bufio.NewReaderSize(c.conn, 8<<10)
	return nil
}

// begin numbers the next conversation. Numbers go on from round to round: a
// session seen before would be a repeated delivery.
func (c *caller) begin() {
	c.held++
	digits := fmt.Appendf(nil, "%0*d", sessionDigits, c.held)
	for _, m := range c.messages {
		copy(m.request[m.session:], digits)
		if m.again > 0 {
			copy(m.request[m.again:], digits)
		}
		if m.seal != nil {
			m.seal(m.request, digits)
		}
	}
}

// ask sends a message and returns the reply, which is valid until the next.
func (c *caller) ask(m message) ([]byte, error) {
	if _, err := c.conn.Write(m.request); err != nil {
		return nil, fmt.Errorf("send: %w", err)
	}
	line, err := c.in.ReadSlice('\n')
	if err != nil {
		return nil, fmt.Errorf("read the reply: %w", err)
	}
	ok, length := bytes.HasPrefix(line, []byte("HTTP/1.1 200 ")), -1
	status := string(line)
	for {
		if line, err = c.in.ReadSlice('\n'); err != nil {
			return nil, fmt.Errorf("read the reply: %w", err)
		}
		if len(line) <= 2 {
			break
		}
		if v, found := bytes.CutPrefix(line, []byte("Content-Length: ")); found {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(v))); err != nil {
				return nil, fmt.Errorf("read the reply: %w", err)
			}
		}
	}
	if length < 0 || length > 1<<20 {
		return nil, fmt.Errorf("the reply has no usable length")
	}
	if cap(c.body) < length {
		c.body = make([]byte, length)
	}
	if _, err := io.ReadFull(c.in, c.body[:length]); err != nil {
		return nil, fmt.Errorf("read the reply: %w", err)
	}
	if !ok {
		return nil, fmt.Errorf("the reply is %s %.80q", bytes.TrimSpace([]byte(status)), c.body[:length])
	}
	return c.body[:length], nil
}

// learn holds one conversation and returns the replies.
func (c *caller) learn(ctx context.Context, addr string) ([][]byte, error) {
	if err := c.dial(ctx, addr); err != nil {
		return nil, err
	}
	defer c.conn.Close()
	c.begin()
	var replies [][]byte
	for _, m := range c.messages {
		got, err := c.ask(m)
		if err != nil {
			return nil, err
		}
		replies = append(replies, bytes.Clone(got))
	}
	return replies, nil
}

// A measure is the result of one round of load.
type measure struct {
	perSecond float64
	times     *hdrhistogram.Histogram // microseconds
	answered  int                     // replies in all, those of the warm-up too
	cpu       float64                 // microseconds of processor time that the program took for each reply; 0 is not known
	postgres  float64                 // and that Postgres took
	wrong     int                     // replies that were not as expected
	example   string                  // the first of them
}

// quantile returns a quantile in milliseconds.
func (m measure) quantile(q float64) float64 { return float64(m.times.ValueAtQuantile(q)) / 1000 }

// newTimes returns a histogram from a microsecond to a minute.
func newTimes() *hdrhistogram.Histogram { return hdrhistogram.New(1, 60_000_000, 3) }

// press has all callers talk at once and measures what is answered in the
// given time after a warm-up.
func press(ctx context.Context, addr string, callers []*caller, warm, took time.Duration) (measure, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	for _, c := range callers {
		if err := c.dial(ctx, addr); err != nil {
			return measure{}, err
		}
		defer c.conn.Close()
	}
	unhang := context.AfterFunc(ctx, func() {
		for _, c := range callers {
			c.conn.Close()
		}
	})
	defer unhang()
	from := time.Now().Add(warm)
	until := from.Add(took)
	total := measure{times: newTimes()}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for _, c := range callers {
		wg.Go(func() {
			m, err := c.talk(from, until)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				cancel(err)
			}
			total.times.Merge(m.times)
			total.answered += m.answered
			if total.wrong += m.wrong; total.example == "" {
				total.example = m.example
			}
		})
	}
	wg.Wait()
	if err := context.Cause(ctx); err != nil {
		return measure{}, err
	}
	total.perSecond = float64(total.times.TotalCount()) / took.Seconds()
	return total, nil
}

// talk holds conversations until then and measures from then.
func (c *caller) talk(from, until time.Time) (measure, error) {
	m := measure{times: newTimes()}
	sent := time.Now()
	for sent.Before(until) {
		c.begin()
		for _, msg := range c.messages {
			got, err := c.ask(msg)
			now := time.Now()
			if err != nil {
				return m, err
			}
			m.answered++
			if !bytes.Equal(got, msg.want) {
				if m.wrong++; m.example == "" {
					m.example = fmt.Sprintf("%q in place of %q", got, msg.want)
				}
			} else if now.After(from) && now.Before(until) {
				if err := m.times.RecordValue(now.Sub(sent).Microseconds()); err != nil {
					return m, errors.Join(errors.New("a reply took more than a minute"), err)
				}
			}
			sent = now
		}
	}
	return m, nil
}
