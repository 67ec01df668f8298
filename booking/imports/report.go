package imports

import (
	"fmt"
	"io"
)

// A Refusal is a line that was not taken, and why.
type Refusal struct {
	Line   int
	Reason string
}

// A Report is the result of reading a file. Read and Good count lines below the
// header.
type Report struct {
	Read, Good int
	Refused    []Refusal
	Notes      []Refusal // lines that were taken, but changed or doubted; Line 0 is the whole file
}

func (r *Report) refuse(line int, format string, args ...any) {
	r.Refused = append(r.Refused, Refusal{line, fmt.Sprintf(format, args...)})
}

func (r *Report) note(line int, format string, args ...any) {
	r.Notes = append(r.Notes, Refusal{line, fmt.Sprintf(format, args...)})
}

// shown is how many notes are written out: nobody reads more. All refused lines
// are listed, as each has to be corrected.
const shown = 50

// Write writes the report for the operator, most important last.
func (r Report) Write(w io.Writer) error {
	for _, list := range []struct {
		what  string
		lines []Refusal
	}{{"note", r.Notes}, {"refused", r.Refused}} {
		for i, l := range list.lines {
			if i == shown && list.what == "note" {
				if _, err := fmt.Fprintf(w, "… and %d more notes\n", len(list.lines)-shown); err != nil {
					return err
				}
				break
			}
			place := fmt.Sprintf("line %d: ", l.Line)
			if l.Line == 0 {
				place = ""
			}
			if _, err := fmt.Fprintf(w, "%s: %s%s\n", list.what, place, l.Reason); err != nil {
				return err
			}
		}
	}
	_, err := fmt.Fprintf(w, "%d lines read, %d good, %d refused, %d notes\n", r.Read, r.Good, len(r.Refused), len(r.Notes))
	return err
}
