package booking

import (
	"cmp"
	"math"
	"slices"
)

const (
	reachKm   = 150.0 // the radius of a search
	farKm     = 600.0 // the radius where there is no centre at all within reachKm
	sameKm    = 1.0   // how far a centre with the asked pincode counts as, at most
	kmDegree  = 111.195
	cellSize  = 0.2 // degrees; some ten centres to a cell where it is crowded
	cellsLat  = int(180 / cellSize)
	cellsLon  = int(360 / cellSize)
	cellsNone = cellsLat * cellsLon // for a centre without a position
)

// km returns the distance in kilometres on a plane whose scale is right
// half-way between the two points: wrong by less than 0.1 % within 150 km in
// India, where a pincode's position is wrong by kilometres. It does not cross
// the 180th meridian.
func km(lat, lon, lat2, lon2 float64) float64 {
	x := (lon2 - lon) * math.Cos((lat+lat2)/2*math.Pi/180)
	y := lat2 - lat
	return kmDegree * math.Sqrt(x*x+y*y)
}

// A grid finds centres by position: cells of 0.2 degrees over the box that the
// centres lie in, read in rings around the caller until no further ring can
// hold a nearer centre.
type grid struct {
	south, west   int // the box's corner, in cells
	height, width int
	start         []int32 // where each cell's centres start; one more at the end
}

func cellOf(degrees float64) int { return int(math.Floor(degrees / cellSize)) }

func newGrid(centres []Centre) grid {
	g := grid{south: math.MaxInt, west: math.MaxInt}
	north, east := math.MinInt, math.MinInt
	for _, c := range centres {
		if positioned(c.Lat, c.Lon) {
			g.south, north = min(g.south, cellOf(c.Lat)), max(north, cellOf(c.Lat))
			g.west, east = min(g.west, cellOf(c.Lon)), max(east, cellOf(c.Lon))
		}
	}
	if north < g.south {
		return grid{}
	}
	g.height, g.width = north-g.south+1, east-g.west+1
	return g
}

// cell returns the number of the cell that a centre lies in.
func (g *grid) cell(c Centre) int {
	if !positioned(c.Lat, c.Lon) {
		return cellsNone
	}
	return (cellOf(c.Lat)-g.south)*g.width + cellOf(c.Lon) - g.west
}

// index records where each cell starts among centres sorted by cell.
func (g *grid) index(centres []Centre) {
	g.start = make([]int32, g.height*g.width+1)
	i := 0
	for cell := range g.start {
		for i < len(centres) && g.cell(centres[i]) < cell {
			i++
		}
		g.start[cell] = int32(i)
	}
}

// row returns the run of centres in one row of cells between two columns, both
// included; all in cells of the whole world.
func (g *grid) row(y, from, to int) (int32, int32) {
	y -= g.south
	from, to = max(from-g.west, 0), min(to-g.west, g.width-1)
	if y < 0 || y >= g.height || from > to {
		return 0, 0
	}
	return g.start[y*g.width+from], g.start[y*g.width+to+1]
}

// covered reports whether the square of r cells around x, y holds the whole
// box.
func (g *grid) covered(x, y, r int) bool {
	return x-r <= g.west && x+r >= g.west+g.width-1 && y-r <= g.south && y+r >= g.south+g.height-1
}

// outside returns the least distance to anything outside the square of r cells
// around the cell that lat and lon lie in.
func outside(lat, lon float64, x, y, r int) float64 {
	up := min(lat-float64(y-r)*cellSize, float64(y+r+1)*cellSize-lat)
	side := min(lon-float64(x-r)*cellSize, float64(x+r+1)*cellSize-lon)
	// A point to the side lies at most r+1 cells further from the equator,
	// where a degree is shorter; km takes the scale half-way.
	polewards := min(90, math.Abs(lat)+float64(r+1)*cellSize/2)
	return kmDegree * min(up, side*math.Cos(polewards*math.Pi/180))
}

// An asking is one search's answers from Suiting, one for each kind.
type asking struct {
	s     *snapshot
	who   Suiting
	known []answer
	few   [512]answer // room for known without an allocation
}

type answer uint8

const (
	fits answer = iota + 1
	doesNotFit
)

func newAsking(s *snapshot, who Suiting) *asking {
	a := &asking{s: s, who: who}
	if len(s.kinds) <= len(a.few) {
		a.known = a.few[:len(s.kinds)]
	} else {
		a.known = make([]answer, len(s.kinds))
	}
	return a
}

func (a *asking) fits(n int32) bool {
	if a.known[n] == 0 {
		k := a.s.kinds[n]
		a.known[n] = doesNotFit
		if k.day >= a.who.From && (a.who.Fits == nil || a.who.Fits(k.session())) {
			a.known[n] = fits
		}
	}
	return a.known[n] == fits
}

// free returns how many places a slot has left, 0 when its window is over.
func (a *asking) free(slot int32, day Date) int {
	if day == a.who.From && int(a.s.slots[slot].window.To) <= a.who.Minute {
		return 0
	}
	return a.s.count(slot).free()
}

// open reports whether a centre has a place; it stops at the first one.
func (a *asking) open(i int32) bool {
	if a.s.open[i].Load() == 0 {
		return false
	}
	c := &a.s.spots[i]
	for j := c.first; j < c.end; j++ {
		row := &a.s.sessions[j]
		if !a.fits(row.kind) {
			continue
		}
		for n := row.first; n < row.end; n++ {
			if a.free(n, a.s.kinds[row.kind].day) > 0 {
				return true
			}
		}
	}
	return false
}

// offer counts what a centre has.
func (a *asking) offer(i int32, km float64) Offer {
	o := Offer{Centre: a.s.centres[i], Km: km}
	c := &a.s.spots[i]
	for j := c.first; j < c.end; j++ {
		row := &a.s.sessions[j]
		if !a.fits(row.kind) {
			continue
		}
		o.Sessions = true
		for n := row.first; n < row.end; n++ {
			if free := a.free(n, a.s.kinds[row.kind].day); free > 0 {
				if o.Free == 0 {
					o.First = a.s.kinds[row.kind].day
				}
				o.Free += free
			}
		}
	}
	return o
}

// A found is a centre that a search found; by is its sort key.
type found struct {
	by, km float64
	id     int64
	centre int32
}

func (f found) before(g found) bool { return f.by < g.by || (f.by == g.by && f.id < g.id) }

// A nearestList holds the nearest centres so far, sorted, never more than its
// first capacity.
type nearestList []found

func (l nearestList) full() bool { return len(l) == cap(l) }

// wants reports whether f belongs among the nearest.
func (l nearestList) wants(f found) bool { return !l.full() || f.before(l[len(l)-1]) }

func (l *nearestList) add(f found) {
	if !l.full() {
		*l = append(*l, found{})
	}
	i := len(*l) - 1
	for ; i > 0 && f.before((*l)[i-1]); i-- {
		(*l)[i] = (*l)[i-1]
	}
	(*l)[i] = f
}

// nearest looks in rings of cells. It asks whether a centre has room only
// while that could change the answer.
func (s *snapshot) nearest(at Located, who Suiting, most int, reach float64) []Offer {
	most = min(most, len(s.centres))
	if most <= 0 {
		return nil
	}
	ask := newAsking(s, who)
	open, full := make(nearestList, 0, most), make(nearestList, 0, most)
	consider := func(i int32, f found) {
		switch {
		case !open.wants(f):
		case ask.open(i):
			open.add(f)
		case full.wants(f):
			full.add(f)
		}
	}

	// Centres with the asked pincode, whatever their position.
	pin, _ := pinNumber(cmp.Or(at.Asked, at.Code))
	if pin != 0 {
		for _, i := range s.byPincode[pin] {
			c := &s.spots[i]
			f := found{by: sameKm, id: c.id, centre: i}
			if positioned(c.lat, c.lon) {
				f.km = km(at.Lat, at.Lon, c.lat, c.lon)
				f.by = min(f.km, sameKm)
			}
			consider(i, f)
		}
	}
	if positioned(at.Lat, at.Lon) {
		x, y := cellOf(at.Lon), cellOf(at.Lat)
		run := func(first, end int32) {
			for i := first; i < end; i++ {
				c := &s.spots[i]
				if pin != 0 && c.pincode == pin {
					continue
				}
				if d := km(at.Lat, at.Lon, c.lat, c.lon); d <= reach {
					consider(i, found{by: d, km: d, id: c.id, centre: i})
				}
			}
		}
		for r := 0; ; r++ {
			run(s.grid.row(y-r, x-r, x+r))
			if r > 0 {
				run(s.grid.row(y+r, x-r, x+r))
			}
			for row := y - r + 1; row < y+r; row++ {
				run(s.grid.row(row, x-r, x-r))
				run(s.grid.row(row, x+r, x+r))
			}
			next := outside(at.Lat, at.Lon, x, y, r)
			if next > reach || s.grid.covered(x, y, r) || (open.full() && next > open[len(open)-1].by) {
				break
			}
		}
	}

	offers := make([]Offer, 0, most)
	for _, list := range []nearestList{open, full} {
		for _, f := range list[:min(len(list), most-len(offers))] {
			offers = append(offers, ask.offer(f.centre, f.km))
		}
	}
	return offers
}

// offers returns the given centres as offers, those with room first, by first
// day and name.
func (s *snapshot) offers(centres []int32, who Suiting, most int) []Offer {
	if most <= 0 || len(centres) == 0 {
		return nil
	}
	ask := newAsking(s, who)
	list := make([]Offer, 0, len(centres))
	for _, i := range centres {
		list = append(list, ask.offer(i, 0))
	}
	slices.SortFunc(list, func(a, b Offer) int {
		if (a.Free > 0) != (b.Free > 0) {
			return cmp.Compare(b.Free, a.Free)
		}
		return cmp.Or(cmp.Compare(a.First, b.First), cmp.Compare(a.Centre.Name, b.Centre.Name), cmp.Compare(a.Centre.ID, b.Centre.ID))
	})
	return list[:min(len(list), most)]
}
