package imports

import (
	"errors"
	"fmt"
	"io"
	"strconv"

	"tikaline/booking"
)

// PincodesHeader is the columns of a file of pincodes.
const PincodesHeader = "pincode,lat,lon,district_id,district,state"

var pincodeColumns = columns("pincode* lat*/latitude lon*/long/longitude district_id district/district_name state/state_name")

// ReadPincodes reads a file of pincodes. It returns the good lines and a
// report; the error means that the file as a whole cannot be read. A district
// whose name is not known is kept by its name.
func ReadPincodes(r io.Reader, a Against) ([]booking.Pincode, Report, error) {
	var report Report
	places := newPlaceFinder(a.Districts, nil)
	lines := make(map[string]int)
	var list []booking.Pincode
	err := readTable(r, pincodeColumns, &report, func(r row) {
		p, err := places.pincode(r, &report)
		if line, twice := lines[p.Code]; err == nil && twice {
			err = fmt.Errorf("pincode %s is in line %d already", p.Code, line)
		}
		if err != nil {
			report.refuse(r.line, "%v", err)
			return
		}
		lines[p.Code] = r.line
		list = append(list, p)
		report.Good++
	})
	return list, report, err
}

// A placeFinder finds districts by their names and pincodes by their codes.
type placeFinder struct {
	matcher  *Matcher
	states   map[int]string
	names    map[int]string
	pincodes map[string]booking.Pincode
}

func newPlaceFinder(districts []booking.District, pincodes []booking.Pincode) placeFinder {
	f := placeFinder{matcher: NewMatcher(districts), states: make(map[int]string), names: make(map[int]string), pincodes: make(map[string]booking.Pincode)}
	for _, d := range districts {
		f.names[d.ID], f.states[d.ID] = d.Name["en"], d.State["en"]
	}
	for _, p := range pincodes {
		f.pincodes[p.Code] = p
	}
	return f
}

func (f placeFinder) pincode(r row, report *Report) (booking.Pincode, error) {
	var p booking.Pincode
	var err error
	if p.Code, err = pincode(r.cells["pincode"]); err != nil {
		return p, err
	}
	at, err := position(r.cells["lat"], r.cells["lon"])
	if err == nil && at == (source{}) {
		err = errors.New("lat and lon are missing")
	}
	if err != nil {
		return p, err
	}
	p.Lat, p.Lon, p.DistrictName, p.StateName = at.lat, at.lon, r.cells["district"], r.cells["state"]
	if p.District, err = f.district(r); err != nil {
		if r.cells["district_id"] != "" {
			return p, err
		}
		report.note(r.line, "%v: only its name is kept", err)
	}
	if p.District != 0 && p.DistrictName == "" {
		p.DistrictName, p.StateName = f.names[p.District], f.states[p.District]
	}
	return p, nil
}

// district returns the district id of a line, given as an id or by its names; 0
// where the line has neither.
func (f placeFinder) district(r row) (int, error) {
	if given := r.cells["district_id"]; given != "" {
		id, err := strconv.Atoi(foldDigits(given))
		if _, ok := f.names[id]; err != nil || !ok {
			return 0, fmt.Errorf("district_id %q is none of the Co-WIN API's", given)
		}
		return id, nil
	}
	state, district := r.cells["state"], r.cells["district"]
	if district == "" {
		return 0, nil
	}
	id, ok := f.matcher.Match(state, district)
	if !ok {
		return 0, fmt.Errorf("district %q of state %q is not known", district, state)
	}
	return id, nil
}
