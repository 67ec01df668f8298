package ussd

import (
	"encoding/xml"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// TestXML_encodings reads one document in each encoding that a gateway may
// declare, as a struct and by its paths.
func TestXML_encodings(t *testing.T) {
	utf16 := func(order unicode.Endianness, mark unicode.BOMPolicy) encoding.Encoding {
		return unicode.UTF16(order, mark)
	}
	for name, c := range map[string]struct {
		head string
		as   encoding.Encoding
		name string
	}{
		"nothing":            {"", encoding.Nop, "आशा"},
		"utf-8":              {`<?xml version="1.0" encoding="utf-8"?>`, encoding.Nop, "আশা"},
		"utf-8_marked":       {"\ufeff" + `<?xml version="1.0" encoding="UTF-8"?>`, encoding.Nop, "আশা"},
		"latin":              {`<?xml version="1.0" encoding="ISO-8859-1"?>`, charmap.ISO8859_1, "José"},
		"latin_in_small":     {`<?xml version='1.0' encoding='iso-8859-1'?>`, charmap.ISO8859_1, "José"},
		"windows":            {`<?xml version="1.0" encoding="windows-1252"?>`, charmap.Windows1252, "José–€"},
		"ascii":              {`<?xml version="1.0" encoding="US-ASCII"?>`, encoding.Nop, "Jose"},
		"utf-16_big":         {`<?xml version="1.0" encoding="UTF-16"?>`, utf16(unicode.BigEndian, unicode.ExpectBOM), "आशा"},
		"utf-16_little":      {`<?xml version="1.0" encoding="UTF-16"?>`, utf16(unicode.LittleEndian, unicode.ExpectBOM), "आशा"},
		"utf-16_unmarked":    {`<?xml version="1.0" encoding="UTF-16BE"?>`, utf16(unicode.BigEndian, unicode.IgnoreBOM), "आशा"},
		"utf-16le_unmarked":  {`<?xml version="1.0" encoding="UTF-16LE"?>`, utf16(unicode.LittleEndian, unicode.IgnoreBOM), "आशा"},
		"utf-16_undeclared":  {"", utf16(unicode.LittleEndian, unicode.ExpectBOM), "आशा"},
		"utf-16_said_only":   {`<?xml version="1.0" encoding="windows-1252"?>`, utf16(unicode.LittleEndian, unicode.ExpectBOM), "आशा"},
		"indented_and_cdata": {"", encoding.Nop, "<![CDATA[\n  आशा ]]>"},
	} {
		t.Run(name, func(t *testing.T) {
			raw, err := c.as.NewEncoder().String(c.head + "<r>\n  <name> " + c.name + " \n</name>\n</r>")
			if err != nil {
				t.Fatal(err)
			}
			want := c.name
			if name == "indented_and_cdata" {
				want = "आशा"
			}
			var to struct {
				XMLName xml.Name `xml:"r"`
				Name    trimmed  `xml:"name"`
			}
			d, err := newXMLDecoder([]byte(raw))
			if err != nil {
				t.Fatal(err)
			}
			if err := d.Decode(&to); err != nil || string(to.Name) != want {
				t.Errorf("struct: %q, %v, want %q", to.Name, err, want)
			}
			in := map[string]value{}
			if err := flattenXML(in, []byte(raw)); err != nil || in["name"].text != want {
				t.Errorf("paths: %q, %v, want %q", in["name"].text, err, want)
			}
		})
	}
}

func TestXML_of_no_known_encoding_is_malformed(t *testing.T) {
	raw := []byte(`<?xml version="1.0" encoding="x-nobody"?><r/>`)
	d, err := newXMLDecoder(raw)
	if err != nil {
		t.Fatal(err)
	}
	var to struct {
		XMLName xml.Name `xml:"r"`
	}
	if d.Decode(&to) == nil || flattenXML(map[string]value{}, raw) == nil {
		t.Error("an unknown encoding was read")
	}
}
