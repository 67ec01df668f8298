package ivr

import (
	"bytes"
	"encoding/xml"
	"errors"
	"strings"
)

// A node is an element of what a provider reads. Its attributes stay in their
// order, and an empty one is written too: to both the SDK's encoder has other
// ideas, and it spells SSML with capitals.
type node struct {
	name  string
	attrs []string // name, value, name, value
	text  string
	nodes []node
}

// maxDocument is how much a provider reads.
const maxDocument = 64 << 10

var errTooLong = errors.New("a document for a call is longer than 64 KiB")

// document returns a whole answer.
func document(root node) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>`)
	root.write(&b)
	if b.Len() > maxDocument {
		return nil, errTooLong
	}
	return b.Bytes(), nil
}

func (n node) write(b *bytes.Buffer) {
	b.WriteByte('<')
	b.WriteString(n.name)
	for i := 0; i+1 < len(n.attrs); i += 2 {
		b.WriteByte(' ')
		b.WriteString(n.attrs[i])
		b.WriteString(`="`)
		escape(b, n.attrs[i+1])
		b.WriteByte('"')
	}
	if n.text == "" && len(n.nodes) == 0 {
		b.WriteString("/>")
		return
	}
	b.WriteByte('>')
	escape(b, n.text)
	for _, child := range n.nodes {
		child.write(b)
	}
	b.WriteString("</")
	b.WriteString(n.name)
	b.WriteByte('>')
}

// escape writes text. What XML cannot hold is left out: no voice says it.
func escape(b *bytes.Buffer, s string) {
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	_ = xml.EscapeText(b, []byte(s)) // a Buffer takes everything
}
