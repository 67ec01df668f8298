package imports

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// A column is a column that a file may have.
type column struct {
	name     string
	also     []string // other names it goes by
	required bool
}

// columns returns the columns of a header, in which a star marks a required one
// and other names follow after a slash: "lat*/latitude lon*/long block".
func columns(spec string) []column {
	var list []column
	for _, word := range strings.Fields(spec) {
		names := strings.Split(word, "/")
		name, required := strings.CutSuffix(names[0], "*")
		list = append(list, column{name: name, also: names[1:], required: required})
	}
	return list
}

// A row is one line of a file, its cells by the name of their column.
type row struct {
	line  int
	cells map[string]string
}

// readTable reads a file and calls each with each line, in order. Lines that
// are no rows are refused; each may refuse more. The error means that the file
// as a whole cannot be read.
func readTable(r io.Reader, known []column, report *Report, each func(row)) error {
	text, err := bufferedText(r)
	if err != nil {
		return err
	}
	first, comma, err := separator(text)
	if err != nil {
		return err
	}
	c := csv.NewReader(text)
	c.Comma = comma
	c.FieldsPerRecord = -1
	header, err := c.Read()
	if err == io.EOF {
		return errors.New("the file is empty: the first line should name the columns")
	}
	if err != nil {
		return fmt.Errorf("the header: %w", err)
	}
	names, err := matchHeader(header, known)
	if err != nil {
		return err
	}
	for {
		cells, err := c.Read()
		if err == io.EOF {
			return nil
		}
		if parse, ok := errors.AsType[*csv.ParseError](err); ok {
			report.Read++
			report.refuse(parse.StartLine+first, "a quotation mark stands where none can; a value that holds one is written \"like \"\"this\"\"\"")
			continue
		}
		if err != nil {
			return err
		}
		if strings.TrimSpace(strings.Join(cells, "")) == "" {
			continue // Excel keeps rows that were once filled
		}
		report.Read++
		at, _ := c.FieldPos(0)
		if r, err := makeRow(cells, names, at+first); err != nil {
			report.refuse(at+first, "%v", err)
		} else {
			each(r)
		}
	}
}

func makeRow(cells, names []string, line int) (row, error) {
	r := row{line: line, cells: make(map[string]string, len(names))}
	for i, cell := range cells {
		if !utf8.ValidString(cell) {
			return r, errors.New("letters that are not UTF-8: save the file as \"CSV UTF-8\"")
		}
		cell = tidy(cell)
		switch {
		case i < len(names) && names[i] != "":
			r.cells[names[i]] = cell
		case cell != "":
			return r, fmt.Errorf("%q stands where the header has no column: a value that holds a comma needs quotation marks", cell)
		}
	}
	if len(cells) < len(names) {
		return r, fmt.Errorf("%d values for %d columns", len(cells), len(names))
	}
	return r, nil
}

// bufferedText looks at how the file begins: a byte order mark is skipped, and
// a file in UTF-16 gets an error of its own.
func bufferedText(r io.Reader) (*bufio.Reader, error) {
	text := bufio.NewReaderSize(r, 64<<10)
	start, err := text.Peek(3)
	if err != nil && err != io.EOF {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(start, []byte("\xef\xbb\xbf")):
		_, err := text.Discard(3)
		return text, err
	case bytes.HasPrefix(start, []byte("\xff\xfe")), bytes.HasPrefix(start, []byte("\xfe\xff")):
		return nil, errors.New("the file is in UTF-16 (\"Unicode text\"): save it as \"CSV UTF-8\"")
	case bytes.HasPrefix(start, []byte("PK")):
		return nil, errors.New("the file is a workbook: save it as \"CSV UTF-8\"")
	}
	return text, nil
}

// separator finds what separates values: a comma, or the character that Excel
// writes instead in some countries; a first line "sep=;" names it, and is one
// line more above the rows.
func separator(text *bufio.Reader) (lines int, comma rune, err error) {
	start, err := text.Peek(text.Size())
	if err != nil && err != io.EOF {
		return 0, 0, err
	}
	line, _, _ := bytes.Cut(start, []byte("\n"))
	if sep, ok := bytes.CutPrefix(bytes.TrimRight(line, "\r"), []byte("sep=")); ok && len(sep) == 1 && strings.Contains(",;\t", string(sep)) {
		_, err := text.ReadString('\n')
		if err == io.EOF {
			err = nil
		}
		return 1, rune(sep[0]), err
	}
	comma = ','
	for _, other := range []byte{';', '\t'} {
		if bytes.Count(line, []byte{other}) > bytes.Count(line, []byte{byte(comma)}) {
			comma = rune(other)
		}
	}
	return 0, comma, nil
}

// matchHeader returns the column's name for each place in the file; "" where
// Excel left an empty one.
func matchHeader(header []string, known []column) ([]string, error) {
	byName := make(map[string]string)
	var all []string
	for _, c := range known {
		byName[c.name] = c.name
		for _, also := range c.also {
			byName[also] = c.name
		}
		all = append(all, c.name)
	}
	names := make([]string, len(header))
	seen := make(map[string]string)
	for i, h := range header {
		h = strings.ReplaceAll(strings.ToLower(tidy(h)), " ", "_")
		if h == "" {
			continue
		}
		name, ok := byName[h]
		if !ok {
			return nil, fmt.Errorf("there is no column %q%s: columns are %s", h, perhaps(h, byName), strings.Join(all, ", "))
		}
		if before, twice := seen[name]; twice {
			return nil, fmt.Errorf("columns %q and %q are the same", before, h)
		}
		seen[name] = h
		names[i] = name
	}
	var missing []string
	for _, c := range known {
		if _, ok := seen[c.name]; c.required && !ok {
			missing = append(missing, c.name)
		}
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("the header lacks %s: columns are %s", strings.Join(missing, ", "), strings.Join(all, ", "))
	}
	return names, nil
}

// perhaps returns the column that was probably meant.
func perhaps(h string, known map[string]string) string {
	best, least := "", 3
	for name := range known {
		if d := edits(h, name); d < least || d == least && name < best {
			best, least = name, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" (perhaps %q?)", best)
}

// edits returns how many letters have to be put in, taken out or changed to
// make one word of the other.
func edits(a, b string) int {
	before := make([]int, len(b)+1)
	for j := range before {
		before[j] = j
	}
	for i := range len(a) {
		now := make([]int, len(b)+1)
		now[0] = i + 1
		for j := range len(b) {
			change := before[j]
			if a[i] != b[j] {
				change++
			}
			now[j+1] = min(change, before[j+1]+1, now[j]+1)
		}
		before = now
	}
	return before[len(b)]
}
