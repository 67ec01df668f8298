package imports

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"tikaline/booking"
)

const (
	farKm     = 100.0 // a position this far from the middle of its neighbours by number is doubted
	agreeKm   = 50.0  // two sources at most this far apart mean the same place
	defaultOf = 5     // this many pincodes at exactly one point: the default of a district, not a position
	kmDegree  = 111.195
	southmost = 6.0
	northmost = 38.0
	westmost  = 68.0
	eastmost  = 98.0
	fewPoints = 4 // fewer points have no middle
)

// A source is the entry of one package for a pincode.
type source struct {
	lat, lon        float64
	state, district string
	shared          bool // its point is a default
}

func (s source) inIndia() bool {
	return s.lat >= southmost && s.lat <= northmost && s.lon >= westmost && s.lon <= eastmost
}

func apart(a, b source) float64 {
	x := (b.lon - a.lon) * math.Cos((a.lat+b.lat)/2*math.Pi/180)
	y := b.lat - a.lat
	return kmDegree * math.Sqrt(x*x+y*y)
}

// directoryNotes counts the decisions.
type directoryNotes struct {
	pincodes, filled, moved, dropped, unmatched int
}

func (n directoryNotes) String() string {
	return fmt.Sprintf("%d pincodes: %d filled in and %d put right from the second directory, %d left out as their positions contradict each other, %d without a known district",
		n.pincodes, n.filled, n.moved, n.dropped, n.unmatched)
}

// directory merges the two packages. For each pincode one source gives both the
// position and the district, because a source with a wrong position has a wrong
// district too (the first has sixty pincodes of five districts in Amroha).
// Coordinates are never averaged: between two wrong towns lies a third.
func directory(first, second []byte, m *Matcher) ([]booking.Pincode, directoryNotes, error) {
	a, err := readPincodeDetail(first)
	if err != nil {
		return nil, directoryNotes{}, err
	}
	b, err := readGeoNames(second)
	if err != nil {
		return nil, directoryNotes{}, err
	}
	markShared(a)
	markShared(b)
	by3 := newMiddles(a, b, func(code string, _ source) string { return code[:3] })
	by4 := newMiddles(a, b, func(code string, _ source) string { return code[:4] })
	district := func(s source) string { return s.state + "/" + s.district }
	ofFirst := newMiddles(a, nil, func(_ string, s source) string { return district(s) })
	ofSecond := newMiddles(b, nil, func(_ string, s source) string { return district(s) })

	codes := make(map[string]bool, len(a)+len(b))
	for code := range a {
		codes[code] = true
	}
	for code := range b {
		codes[code] = true
	}
	var list []booking.Pincode
	var notes directoryNotes
	for _, code := range slices.Sorted(maps.Keys(codes)) {
		one, inFirst := a[code]
		two, inSecond := b[code]
		// Some first three digits cover the Himalaya and the plain below; there
		// the first four digits are the better measure of what is near.
		near := func(s source) bool {
			return by3.within(code[:3], s, 1) || by4.within(code[:4], s, fewPoints)
		}
		var pick source
		switch {
		case inFirst && !one.shared && near(one):
			pick = one
		case inFirst && inSecond && !one.shared && apart(one, two) <= agreeKm:
			pick = one // far off, as islands and deserts are, but both sources agree
		case inSecond && !two.shared && near(two):
			pick = two
		case inFirst && near(one):
			pick = one
		case inSecond && near(two):
			pick = two
		case inFirst && !one.shared && ofFirst.within(district(one), one, 1):
			pick = one // in one source alone, but within its district
		case inSecond && ofSecond.within(district(two), two, fewPoints):
			pick = two
		default:
			notes.dropped++ // a search takes its neighbours by number, and its answer has Exact false
			continue
		}
		switch {
		case !inFirst:
			notes.filled++
		case pick != one:
			notes.moved++
		}
		p := booking.Pincode{Code: code, Lat: pick.lat, Lon: pick.lon, DistrictName: pick.district, StateName: pick.state}
		p.District = districtOf(m, code, pick)
		if p.District == 0 {
			notes.unmatched++
		}
		list = append(list, p)
	}
	notes.pincodes = len(list)
	return list, notes, nil
}

// districtOf returns the district's id. Both packages have Guwahati, 781001 to
// 781040, in the old Kamrup; it is in the part called Kamrup Metropolitan.
func districtOf(m *Matcher, code string, s source) int {
	district := s.district
	if n, err := strconv.Atoi(code); err == nil && n >= 781001 && n <= 781040 {
		district = "Kamrup Metropolitan"
	}
	id, _ := m.Match(s.state, district)
	return id
}

// readPincodeDetail reads the first package's file: a list with one entry for
// each pincode, which is a number there, and a longitude called "long".
func readPincodeDetail(b []byte) (map[string]source, error) {
	var rows []struct {
		State    string  `json:"state"`
		District string  `json:"district"`
		Pincode  int     `json:"pincode"`
		Lat      float64 `json:"lat"`
		Long     float64 `json:"long"`
	}
	if err := json.Unmarshal(b, &rows); err != nil {
		return nil, fmt.Errorf("read %s: %w", pincodeDetail.Path, err)
	}
	all := make(map[string]source, len(rows))
	for _, r := range rows {
		s := source{lat: r.Lat, lon: r.Long, state: titled(r.State), district: strings.TrimSpace(r.District)}
		if code := strconv.Itoa(r.Pincode); wellFormed(code) && s.inIndia() {
			all[code] = s
		}
	}
	return all, nil
}

// readGeoNames reads the second package's file, a row for each post office. A
// pincode's position is that of the post office in the middle of the others,
// its district the one that most of them are in.
func readGeoNames(b []byte) (map[string]source, error) {
	offices := make(map[string][]source)
	for line := range bytes.Lines(b) {
		f := strings.Split(strings.TrimRight(string(line), "\r\n"), "\t")
		if len(f) < 11 || !wellFormed(f[1]) {
			continue
		}
		lat, errLat := strconv.ParseFloat(f[9], 64)
		lon, errLon := strconv.ParseFloat(f[10], 64)
		s := source{lat: lat, lon: lon, state: f[3], district: f[5]}
		if errLat == nil && errLon == nil && s.inIndia() {
			offices[f[1]] = append(offices[f[1]], s)
		}
	}
	all := make(map[string]source, len(offices))
	for code, list := range offices {
		s := middleOffice(list)
		s.state, s.district = mostCommon(list)
		all[code] = s
	}
	return all, nil
}

func middleOffice(list []source) source {
	best, least := list[0], math.Inf(1)
	for _, a := range list {
		sum := 0.0
		for _, b := range list {
			sum += apart(a, b)
		}
		if sum < least {
			best, least = a, sum
		}
	}
	return best
}

func mostCommon(list []source) (state, district string) {
	count := make(map[[2]string]int)
	for _, s := range list {
		count[[2]string{s.state, s.district}]++
	}
	top := slices.MaxFunc(slices.Collect(maps.Keys(count)), func(a, b [2]string) int {
		return cmp.Or(cmp.Compare(count[a], count[b]), cmp.Compare(b[1], a[1]), cmp.Compare(b[0], a[0]))
	})
	return top[0], top[1]
}

// markShared marks the points that too many pincodes share to be their
// position.
func markShared(all map[string]source) {
	type point struct{ lat, lon float64 }
	count := make(map[point]int)
	for _, s := range all {
		count[point{s.lat, s.lon}]++
	}
	for code, s := range all {
		s.shared = count[point{s.lat, s.lon}] >= defaultOf
		all[code] = s
	}
}

// A middle is the median position of some points, each coordinate for itself.
// It only judges other points; none is moved to it.
type middle struct {
	at     source
	points int
}

type middles map[string]middle

func newMiddles(a, b map[string]source, group func(code string, s source) string) middles {
	lats, lons := make(map[string][]float64), make(map[string][]float64)
	for _, all := range []map[string]source{a, b} {
		for code, s := range all {
			if !s.shared {
				g := group(code, s)
				lats[g], lons[g] = append(lats[g], s.lat), append(lons[g], s.lon)
			}
		}
	}
	m := make(middles, len(lats))
	for g := range lats {
		m[g] = middle{source{lat: median(lats[g]), lon: median(lons[g])}, len(lats[g])}
	}
	return m
}

// within reports whether s is near the middle of a group of at least that many
// points.
func (m middles) within(group string, s source, points int) bool {
	mid, ok := m[group]
	return ok && mid.points >= points && apart(s, mid.at) <= farKm
}

func median(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}

func wellFormed(pincode string) bool {
	if len(pincode) != 6 || pincode[0] < '1' || pincode[0] > '9' {
		return false
	}
	return strings.Trim(pincode, "0123456789") == ""
}

// titled returns BIHAR as Bihar, as the other half of the file writes it.
func titled(name string) string {
	words := strings.Fields(name)
	for i, w := range words {
		if w == strings.ToUpper(w) && w != "&" {
			words[i] = w[:1] + strings.ToLower(w[1:])
		}
	}
	return strings.Join(words, " ")
}
