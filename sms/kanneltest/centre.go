package kanneltest

import (
	"bufio"
	"fmt"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
)

// A Centre is the operator's message centre, in the line protocol of Kannel's
// fakesmsc:
//
//	919876543210 56161 text HELP
//	919876543210 56161 ucs2 %09%2E%09%26%09%26
//
// A line from us is a citizen's text, a line to us one that shall be delivered.
// To us UCS-2 is called ucs-2.
type Centre struct {
	conn     net.Conn
	received chan Message
}

// A Message is a text, or part of one, on its way to a phone.
type Message struct {
	From, To string
	Kind     string // text, ucs-2 or udh
	UDH      string // which part of a longer text it is, in hexadecimal
	Text     string
	Raw      string // the line as it came
}

func connect(t testing.TB, conn net.Conn) *Centre {
	c := &Centre{conn: conn, received: make(chan Message, 1000)}
	go c.read()
	t.Cleanup(c.close)
	return c
}

func (c *Centre) close() { c.conn.Close() }

func (c *Centre) read() {
	defer close(c.received)
	for lines := bufio.NewScanner(c.conn); lines.Scan(); {
		c.received <- parse(strings.TrimRight(lines.Text(), "\r"))
	}
}

// Send hands Kannel a citizen's text. Such as is not ASCII goes in UCS-2.
func (c *Centre) Send(t testing.TB, from, to, text string) {
	t.Helper()
	for _, r := range text {
		if r > 0x7e {
			c.line(t, from+" "+to+" ucs2 "+ucs2(text))
			return
		}
	}
	c.line(t, from+" "+to+" text "+text)
}

// SendPart hands Kannel one part of a citizen's longer text.
func (c *Centre) SendPart(t testing.TB, from, to string, ref, part, parts byte, text string) {
	t.Helper()
	udh := escape([]byte{5, 0, 3, ref, parts, part})
	c.line(t, from+" "+to+" udh "+udh+" "+url.QueryEscape(text))
}

func (c *Centre) line(t testing.TB, s string) {
	t.Helper()
	if _, err := fmt.Fprintf(c.conn, "%s\n", s); err != nil {
		t.Fatal(err)
	}
}

// Next waits for the next message to a phone.
func (c *Centre) Next(t testing.TB) Message {
	t.Helper()
	select {
	case m, ok := <-c.received:
		if !ok {
			t.Fatal("the centre's connection is closed")
		}
		return m
	case <-time.After(10 * time.Second):
		t.Fatal("no message came to the centre")
	}
	return Message{}
}

// parse reads a line: FROM TO text BODY, FROM TO ucs-2 BODY, or FROM TO udh
// HEADER KIND BODY, with all but plain text escaped as in an address.
func parse(line string) Message {
	m := Message{Raw: line}
	fields := strings.SplitN(line, " ", 4)
	if len(fields) < 4 {
		return m
	}
	m.From, m.To, m.Kind, m.Text = fields[0], fields[1], fields[2], fields[3]
	kind := m.Kind
	if kind == "udh" {
		fields = strings.SplitN(m.Text, " ", 3)
		if len(fields) < 3 {
			return m
		}
		header, _ := url.QueryUnescape(fields[0])
		m.UDH, kind, m.Text = fmt.Sprintf("%x", header), fields[1], fields[2]
	}
	if kind != "text" {
		if s, err := url.QueryUnescape(m.Text); err == nil {
			m.Text = s
		}
	}
	if kind == "ucs-2" || (kind == "data" && len(m.Text)%2 == 0) {
		m.Text = fromUCS2(m.Text)
	}
	return m
}

func ucs2(s string) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u>>8), byte(u))
	}
	return escape(b)
}

func fromUCS2(s string) string {
	var units []uint16
	for b := []byte(s); len(b) >= 2; b = b[2:] {
		units = append(units, uint16(b[0])<<8|uint16(b[1]))
	}
	return string(utf16.Decode(units))
}

func escape(b []byte) string {
	var s strings.Builder
	for _, c := range b {
		fmt.Fprintf(&s, "%%%02X", c)
	}
	return s.String()
}
