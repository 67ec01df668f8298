package ussd

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/unicode"

	"tikaline/channel"
)

// What is sent back, letter for letter.
const (
	plainText = "text/plain; charset=utf-8"
	jsonText  = "application/json; charset=utf-8"
	xmlText   = "text/xml; charset=utf-8"
)

// readJSON reads a JSON object in the body.
func readJSON(c echo.Context, to any) error {
	b, err := channel.Body(c)
	if err != nil {
		return err
	}
	if json.Unmarshal(b, to) != nil {
		return channel.Malformed
	}
	return nil
}

// readXML reads an XML document in the body.
func readXML(c echo.Context, to any) error {
	b, err := channel.Body(c)
	if err != nil {
		return err
	}
	d, err := newXMLDecoder(b)
	if err != nil || d.Decode(to) != nil {
		return channel.Malformed
	}
	return nil
}

// newXMLDecoder reads a document in the encoding that it declares or, as UTF-16,
// begins in. encoding/xml alone knows UTF-8 only.
func newXMLDecoder(b []byte) (*xml.Decoder, error) {
	wide := false
	if order, ok := utf16Order(b); ok {
		var err error
		if b, err = unicode.UTF16(order, unicode.UseBOM).NewDecoder().Bytes(b); err != nil {
			return nil, err
		}
		wide = true
	}
	d := xml.NewDecoder(bytes.NewReader(b))
	d.CharsetReader = func(label string, in io.Reader) (io.Reader, error) {
		if wide {
			return in, nil // it is UTF-8 by now
		}
		return charset.NewReaderLabel(strings.TrimSpace(label), in)
	}
	return d, nil
}

// utf16Order reports whether a document is UTF-16, which a byte order mark or the
// zero beside its first < shows, and in which order its bytes are.
func utf16Order(b []byte) (unicode.Endianness, bool) {
	for _, start := range []string{"\xfe\xff", "\x00<"} {
		if bytes.HasPrefix(b, []byte(start)) {
			return unicode.BigEndian, true
		}
	}
	for _, start := range []string{"\xff\xfe", "<\x00"} {
		if bytes.HasPrefix(b, []byte(start)) {
			return unicode.LittleEndian, true
		}
	}
	return unicode.LittleEndian, false
}

// A trimmed is an XML value without the white space that whoever prints a
// document for people puts around it.
type trimmed string

func (t *trimmed) UnmarshalText(b []byte) error {
	*t = trimmed(bytes.TrimSpace(b))
	return nil
}

// A loose is a JSON value that some send as a string and some as a number.
type loose string

func (l *loose) UnmarshalJSON(b []byte) error {
	s, ok := scalar(b)
	if !ok {
		return errors.New("neither a string nor a number")
	}
	*l = loose(s)
	return nil
}

// scalar returns a JSON string, number, bool or null as text.
func scalar(b []byte) (string, bool) {
	switch {
	case len(b) == 0 || b[0] == '{' || b[0] == '[':
		return "", false
	case b[0] == '"':
		var s string
		return s, json.Unmarshal(b, &s) == nil
	case string(b) == "null":
		return "", true
	}
	return string(b), true
}

// send answers with a body of exactly that type and length.
func send(c echo.Context, contentType string, b []byte) error {
	c.Response().Header().Set(echo.HeaderContentLength, strconv.Itoa(len(b)))
	return c.Blob(http.StatusOK, contentType, b)
}

// sendJSON answers with a JSON object. Letters stay as they are: a gateway
// that does not know \u0026 shows it.
func sendJSON(c echo.Context, v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	return send(c, jsonText, bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}

// sendXML answers with an XML document.
func sendXML(c echo.Context, v any) error {
	b, err := xml.Marshal(v)
	if err != nil {
		return err
	}
	// A line break is one in the text, too; encoding/xml writes it as &#xA;,
	// which not every gateway reads.
	return send(c, xmlText, []byte(xml.Header+strings.ReplaceAll(string(b), "&#xA;", "\n")))
}
