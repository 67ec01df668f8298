package ussd

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

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
	if xml.Unmarshal(b, to) != nil {
		return channel.Malformed
	}
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
