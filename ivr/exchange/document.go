package exchange

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// A Node is an element of a document.
type Node struct {
	Name  string
	Attrs map[string]string
	Text  string
	Nodes []Node
}

// maxDocument is how much of an answer Twilio reads.
const maxDocument = 64 << 10

// Parse reads a document and holds it against what Twilio takes.
func Parse(body []byte) (Node, error) {
	if len(body) > maxDocument {
		return Node{}, errors.New("the document is longer than 64 KiB (11750)")
	}
	d := xml.NewDecoder(bytes.NewReader(body))
	root := Node{}
	var stack []*Node
	for {
		t, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return root, fmt.Errorf("the document is no XML (12100): %w", err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			n := Node{Name: t.Name.Local, Attrs: map[string]string{}}
			for _, a := range t.Attr {
				n.Attrs[a.Name.Local] = a.Value
			}
			if len(stack) == 0 {
				root = n
				stack = append(stack, &root)
				continue
			}
			top := stack[len(stack)-1]
			top.Nodes = append(top.Nodes, n)
			stack = append(stack, &top.Nodes[len(top.Nodes)-1])
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			if len(stack) > 0 {
				stack[len(stack)-1].Text += string(t)
			}
		}
	}
	if root.Name != "Response" {
		return root, fmt.Errorf("the document is a %q and no Response", root.Name)
	}
	return root, root.check("")
}

// spoken is a text with what SSML there is in it, as it is heard.
func (n Node) spoken() string {
	text := n.Text
	for _, c := range n.Nodes {
		text += c.spoken()
	}
	return strings.Join(strings.Fields(text), " ")
}

// allowed is every verb, where it may stand, and its attributes.
var allowed = map[string]struct{ within, attrs string }{
	"Response": {"", ""},
	"Say":      {"Response Gather", "voice language loop"},
	"prosody":  {"Say", "rate pitch volume"},
	"break":    {"Say prosody", "time strength"},
	"Play":     {"Response Gather", "loop digits"},
	"Pause":    {"Response Gather", "length"},
	"Gather":   {"Response", "input numDigits timeout finishOnKey actionOnEmptyResult action method language hints speechTimeout speechModel"},
	"Record": {"Response", "action method timeout finishOnKey maxLength playBeep trim " +
		"recordingStatusCallback recordingStatusCallbackMethod recordingStatusCallbackEvent"},
	"Redirect": {"Response", "method"},
	"Enqueue":  {"Response", "action method waitUrl waitUrlMethod"},
	"Leave":    {"Response", ""},
	"Dial":     {"Response", "action method timeout timeLimit callerId record"},
	"Number":   {"Dial", ""},
	"Reject":   {"Response", "reason"},
	"Hangup":   {"Response", ""},
}

// check says what Twilio would not take, or what would not be heard.
func (n Node) check(within string) error {
	rule, ok := allowed[n.Name]
	switch {
	case !ok:
		return fmt.Errorf("there is no verb <%s> (12200)", n.Name)
	case within != "" && !slices.Contains(strings.Fields(rule.within), within):
		return fmt.Errorf("<%s> stands within <%s>", n.Name, within)
	}
	for a := range n.Attrs {
		if !slices.Contains(strings.Fields(rule.attrs), a) {
			return fmt.Errorf("<%s> has no attribute %q", n.Name, a)
		}
	}
	switch n.Name {
	case "Say":
		if err := n.checkVoice(); err != nil {
			return err
		}
	case "Gather", "Record", "Enqueue":
		if n.Attrs["action"] == "" {
			return fmt.Errorf("<%s> has no action: it would ask the same address for ever", n.Name)
		}
	case "Play":
		if !strings.HasPrefix(strings.TrimSpace(n.Text), "http") {
			return fmt.Errorf("<Play> of %q, which is no address", n.Text)
		}
	}
	for i, c := range n.Nodes {
		if n.Name == "Response" && i > 0 && slices.Contains([]string{"Redirect", "Hangup", "Reject", "Leave"}, n.Nodes[i-1].Name) {
			return fmt.Errorf("<%s> is never come to", c.Name)
		}
		if err := c.check(n.Name); err != nil {
			return err
		}
	}
	return nil
}

// speaks is which voices there are for a language.
var speaks = map[string][]string{
	"hi-IN": {"Polly.Aditi", "Polly.Kajal-Neural", "Polly.Kajal-Generative", "Google.hi-IN-"},
	"bn-IN": {"Google.bn-IN-"},
	"en-IN": {"Polly.Aditi", "Polly.Raveena", "Polly.Kajal-Neural", "Polly.Kajal-Generative", "Google.en-IN-"},
}

// scripts is the letters that a language's voice reads.
var scripts = map[string][2]rune{"hi-IN": {0x0900, 0x097F}, "bn-IN": {0x0980, 0x09FF}}

func (n Node) checkVoice() error {
	voice, lang := n.Attrs["voice"], n.Attrs["language"]
	if !slices.ContainsFunc(speaks[lang], func(v string) bool { return v == voice || strings.HasSuffix(v, "-") && strings.HasPrefix(voice, v) }) {
		return fmt.Errorf("the voice %q does not speak %q", voice, lang)
	}
	text := n.spoken()
	if text == "" {
		return errors.New("<Say> says nothing")
	}
	// A voice passes over the letters of another script without a word.
	for other, letters := range scripts {
		if other == lang {
			continue
		}
		for _, r := range text {
			if r >= letters[0] && r <= letters[1] && r != '।' {
				return fmt.Errorf("the voice of %s cannot read %q", lang, text)
			}
		}
	}
	if strings.ContainsAny(text, "/_<>{}|\uFFFC") || strings.Contains(text, "no value") {
		return fmt.Errorf("a voice reads out the signs in %q", text)
	}
	return nil
}
