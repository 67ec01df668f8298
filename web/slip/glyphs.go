package slip

import (
	"encoding/binary"
	"errors"

	"github.com/go-text/typesetting/font"
)

// firstCode is where codes for glyphs begin: Unicode's area for private use,
// as what they stand for is nobody's letter.
const (
	firstCode = 0xe000
	lastCode  = 0xf8ff
)

// glyphCode returns the code of a glyph in a font that went through byGlyph.
func glyphCode(g font.GID) rune { return firstCode + rune(g) }

// byGlyph returns a font whose table of letters says only which glyph each code
// stands for. It makes fpdf, which looks up one glyph for one letter, write the
// glyphs that shaping chose.
//
// https://learn.microsoft.com/en-us/typography/opentype/spec/cmap, format 4
func byGlyph(file []byte) ([]byte, error) {
	maxp, err := find(file, "maxp")
	if err != nil {
		return nil, err
	}
	begin := int(binary.BigEndian.Uint32(file[maxp+8:]))
	if begin+6 > len(file) {
		return nil, errShort
	}
	glyphs := binary.BigEndian.Uint16(file[begin+4:])
	if int(glyphs) > lastCode-firstCode+1 {
		return nil, errors.New("it has more glyphs than there are codes")
	}
	at, err := find(file, "cmap")
	if err != nil {
		return nil, err
	}
	out := append([]byte(nil), file...)
	for len(out)%4 != 0 {
		out = append(out, 0)
	}
	table := cmap(glyphs)
	binary.BigEndian.PutUint32(out[at+8:], uint32(len(out)))
	binary.BigEndian.PutUint32(out[at+12:], uint32(len(table)))
	return append(out, table...), nil
}

var errShort = errors.New("the file is cut short")

// find returns where the entry of a table is in a font's directory: tag,
// checksum, where the table begins, its length.
func find(file []byte, tag string) (int, error) {
	const header, entry = 12, 16
	if len(file) < header {
		return 0, errShort
	}
	for i := range int(binary.BigEndian.Uint16(file[4:])) {
		at := header + i*entry
		if at+entry > len(file) {
			return 0, errShort
		}
		if string(file[at:at+4]) == tag {
			return at, nil
		}
	}
	return 0, errors.New("it has no " + tag)
}

// cmap returns a table with one segment: code firstCode+n is glyph n.
func cmap(glyphs uint16) []byte {
	var b []byte
	for _, v := range []uint16{
		0, 1, // version, tables
		3, 1, 0, 12, // Windows, Unicode, where it begins
		4, 32, 0, // format, length, language
		4, 4, 1, 0, // twice the number of segments, and what speeds up a search
		firstCode + glyphs - 1, 0xffff, // the segments' last codes
		0,
		firstCode, 0xffff, // their first ones
		0x10000 - firstCode, 1, // what to add to a code
		0, 0,
	} {
		b = binary.BigEndian.AppendUint16(b, v)
	}
	return b
}
