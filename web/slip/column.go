package slip

// A column is the content of a page from top to bottom, measured before it is
// drawn: a column that is too long for the page is made smaller as a whole.
type column struct {
	set    *setter
	scale  float64
	x, w   float64
	y      float64 // where the next thing goes
	lines  []placed
	rules  []float64 // the heights of lines across
	dotted []placed  // where something is to be written by hand
}

// leading is the distance of two lines in sizes of the letters. Devanagari and
// Bengali have signs above and below, and need more than Latin.
const leading = 1.38

// text adds a paragraph of at most so many lines; 0 is any number.
func (c *column) text(text string, size float64, bold bool, most int) {
	st := style{size * c.scale, bold}
	for _, l := range c.set.lines(text, st, c.w, most) {
		c.lines = append(c.lines, placed{l, st, c.x, c.y + st.size*1.05})
		c.y += st.size * leading
	}
}

// item adds a paragraph with a dot in front.
func (c *column) item(text string, size float64) {
	indent := size * c.scale
	st := style{indent, false}
	if dot := c.set.lines("•", st, indent, 1); len(dot) > 0 {
		c.lines = append(c.lines, placed{dot[0], st, c.x, c.y + st.size*1.05})
	}
	c.x, c.w = c.x+indent, c.w-indent
	c.text(text, size, false, 0)
	c.x, c.w = c.x-indent, c.w+indent
}

// blank adds a label and a dotted line to write on.
func (c *column) blank(label string, size float64) {
	st := style{size * c.scale, false}
	ls := c.set.lines(label+":", st, c.w, 1)
	if len(ls) == 0 {
		return
	}
	at := placed{ls[0], st, c.x, c.y + st.size*1.05}
	c.lines = append(c.lines, at)
	at.x += (ls[0].ink + 0.5) * st.size
	c.dotted = append(c.dotted, at)
	c.y += st.size * leading
}

func (c *column) gap(h float64) { c.y += h * c.scale }

func (c *column) rule() {
	c.gap(3)
	c.rules = append(c.rules, c.y)
	c.gap(3)
}

// print puts it all on the page.
func (c *canvas) print(col *column) {
	c.pdf.SetLineWidth(0.6)
	for _, y := range col.rules {
		c.pdf.Line(col.x, y, col.x+col.w, y)
	}
	for _, d := range col.dotted {
		c.pdf.SetDashPattern([]float64{1, 2}, 0)
		c.pdf.Line(d.x, d.y+1, col.x+col.w, d.y+1)
		c.pdf.SetDashPattern(nil, 0)
	}
	for _, l := range col.lines {
		c.draw(l)
	}
}

// smallest is how much a page may be made smaller. Below it old eyes cannot
// read it, and what is longer goes beyond the foot of the page instead: that
// takes longer names than can be stored.
const smallest = 0.7

// fit lays a page out as large as it can be.
func (c *canvas) fit(lay func(*column)) *column {
	for scale := 1.0; ; scale -= 0.03 {
		col := &column{set: c.set, scale: scale, x: margin, y: margin - 3, w: inside}
		lay(col)
		if col.y <= pageHeight-margin || scale < smallest {
			return col
		}
	}
}
