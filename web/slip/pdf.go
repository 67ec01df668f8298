package slip

import (
	"errors"
	"fmt"
	"io"
)

// PDF writes the slips of a party, one person on a page. Error: ErrNoFonts
// without fonts, and nothing is written.
func (p *Press) PDF(w io.Writer, slips ...Slip) error {
	f := p.fonts.Load()
	if f == nil {
		return ErrNoFonts
	}
	if len(slips) == 0 {
		return errors.New("slip: nobody to make one for")
	}
	defer p.begin()()
	var c *canvas
	for _, s := range slips {
		words, err := p.say(s)
		if err != nil {
			return err
		}
		if c == nil {
			c = newCanvas(f, words.Lang, words.Title, s.BookedAt)
		}
		if err := c.slip(words); err != nil {
			return err
		}
	}
	if err := c.write(w); err != nil {
		return fmt.Errorf("slip: %w", err)
	}
	return nil
}

// Sizes of letters, in points.
const (
	small  = 7.5
	normal = 8.5
	large  = 12
	huge   = 15
	secret = 26
)

// slip draws one page.
func (c *canvas) slip(s said) error {
	c.pdf.AddPage()
	var qr square
	col := c.fit(func(col *column) { qr = c.lay(col, s) })
	c.print(col)
	return c.qr(s.Scan, qr)
}

// lay puts everything in its order, and returns where the code goes.
func (c *canvas) lay(col *column, s said) square {
	col.text(s.Title, normal, true, 1)
	col.rule()
	c.name(col, s.Name, s.NameLabel)
	col.text(s.Dose, normal, false, 1)
	col.rule()
	col.text(s.When, small, false, 1)
	col.text(s.Day, huge, true, 2)
	col.text(s.Window, huge, true, 2)
	col.rule()
	col.text(s.Where, small, false, 1)
	col.text(s.Centre, large, true, 2)
	col.text(s.Board, normal, false, 2)
	col.text(s.Address, normal, false, 2)
	col.text(s.Place, normal, false, 2)
	col.text(s.Fee, normal, false, 2)
	col.rule()
	qr := square{col.x - 9*col.scale, col.y, 92 * col.scale} // its white margin may reach into ours
	beside := *col
	beside.lines = nil
	beside.x = qr.x + qr.side + 13*col.scale
	beside.w = col.x + col.w - beside.x
	beside.gap(4)
	beside.text(s.ReferenceLabel, small, false, 1)
	beside.text(s.Reference, large, true, 1)
	beside.text(s.CodeLabel, small, false, 1)
	beside.text(s.Code, secret, true, 1)
	beside.text(s.CodeHint, small, false, 2)
	col.lines = append(col.lines, beside.lines...)
	col.y = max(beside.y, qr.y+qr.side)
	col.rule()
	col.text(s.BringLabel, normal, true, 1)
	for _, b := range s.Bring {
		col.item(b, normal)
	}
	col.rule()
	col.text(s.Change, small, false, 0)
	col.gap(2)
	col.text(s.Spot, small, false, 0)
	col.gap(2)
	col.text(s.Help, normal, true, 2)
	return qr
}

// name writes a person's name or, in letters there is no font for, leaves room
// to write it by hand: boxes in place of a name help nobody.
func (c *canvas) name(col *column, name, label string) {
	if name == "" || !c.set.can(name) {
		col.blank(label, large)
		return
	}
	col.text(name, large, true, 2)
}
