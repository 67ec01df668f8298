package imports

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"tikaline/booking"
)

// CentresHeader is the columns of a file of centres.
const CentresHeader = "code,name,name_en,name_hi,name_bn,address,block,district_id,district,state,pincode,lat,lon,government,fee"

var centreColumns = columns("code/centre_id/center_id name* name_en/short_name name_hi name_bn address block/block_name district_id district/district_name state/state_name " +
	"pincode* lat/latitude lon/long/longitude government*/fee_type fee")

const (
	nameMax = 200
	feeMax  = 10_000
)

// Against is what a file is checked with.
type Against struct {
	Districts []booking.District
	Pincodes  []booking.Pincode  // for centres: positions and districts that a line leaves out
	Centres   map[string]int64   // for sessions: ids by code
	Programme *booking.Programme // for sessions
	Today     booking.Date       // for sessions
}

// ReadCentres reads a file of centres. It returns the good lines, without ids,
// and a report; the error means that the file as a whole cannot be read.
func ReadCentres(r io.Reader, a Against) ([]booking.Centre, Report, error) {
	var report Report
	in := centreReader{
		report: &report, places: newPlaceFinder(a.Districts, a.Pincodes),
		codes: make(map[string]int), names: make(map[string]int),
	}
	var list []booking.Centre
	priceless := 0
	err := readTable(r, centreColumns, &report, func(r row) {
		c, err := in.centre(r)
		if err != nil {
			report.refuse(r.line, "%v", err)
			return
		}
		if !c.Government && r.cells["fee"] == "" {
			priceless++
		}
		list = append(list, c)
		report.Good++
	})
	if priceless > 0 {
		report.note(0, "%d private centres have no fee: people will not hear what they pay", priceless)
	}
	return list, report, err
}

type centreReader struct {
	report *Report
	places placeFinder
	codes  map[string]int // code -> line
	names  map[string]int // pincode and name -> line
}

func (in *centreReader) centre(r row) (booking.Centre, error) {
	var c booking.Centre
	var err error
	if c.Pincode, err = pincode(r.cells["pincode"]); err != nil {
		return c, err
	}
	if err := in.name(&c, r); err != nil {
		return c, err
	}
	if err := in.position(&c, r); err != nil {
		return c, err
	}
	if err := in.district(&c, r); err != nil {
		return c, err
	}
	if c.Government, err = yes("government", r.cells["government"]); err != nil {
		return c, err
	}
	if fee := r.cells["fee"]; fee != "" {
		if c.Fee, err = within("fee", fee, 0, feeMax); err != nil {
			return c, err
		}
	}
	if c.Government && c.Fee > 0 {
		return c, fmt.Errorf("a government centre has no fee, this one has %d", c.Fee)
	}
	c.Address, c.Block = r.cells["address"], r.cells["block"]
	return c, in.onlyOnce(&c, r)
}

func (in *centreReader) name(c *booking.Centre, r row) error {
	given := r.cells["name"]
	c.Name = cleanName(given)
	switch n := utf8.RuneCountInString(c.Name); {
	case n == 0:
		return errors.New("name is missing")
	case n > nameMax:
		return fmt.Errorf("name has %d characters, at most %d", n, nameMax)
	case !strings.ContainsFunc(c.Name, unicode.IsLetter):
		return fmt.Errorf("name %q has no letters", c.Name)
	}
	if c.Name != given {
		in.report.note(r.line, "name %q is kept as %q", given, c.Name)
	}
	c.Short = booking.Names{"en": booking.Short(c.Name, booking.ShortMax)}
	for lang, script := range map[string]*unicode.RangeTable{"en": unicode.Latin, "hi": unicode.Devanagari, "bn": unicode.Bengali} {
		name := r.cells["name_"+lang]
		if name == "" {
			continue
		}
		if n := utf8.RuneCountInString(name); n > booking.ShortMax {
			return fmt.Errorf("name_%s has %d characters, at most %d", lang, n, booking.ShortMax)
		}
		if !strings.ContainsFunc(name, func(r rune) bool { return unicode.Is(script, r) }) {
			return fmt.Errorf("name_%s %q is not in that script", lang, name)
		}
		c.Short[lang] = name
	}
	return nil
}

func (in *centreReader) position(c *booking.Centre, r row) error {
	at, err := position(r.cells["lat"], r.cells["lon"])
	if err != nil {
		return err
	}
	known, ok := in.places.pincodes[c.Pincode]
	switch {
	case at == source{} && !ok:
		return fmt.Errorf("lat and lon are missing, and where pincode %s lies is not known either", c.Pincode)
	case at == source{}:
		at = source{lat: known.Lat, lon: known.Lon}
	case !ok:
		in.report.note(r.line, "pincode %s is not in the directory", c.Pincode)
	default:
		// Either position may be wrong. The centre's own is kept, as it is the
		// more exact.
		if km := apart(at, source{lat: known.Lat, lon: known.Lon}); km > farKm {
			in.report.note(r.line, "lies %.0f km from where pincode %s does", km, c.Pincode)
		}
	}
	c.Lat, c.Lon = at.lat, at.lon
	return nil
}

func (in *centreReader) district(c *booking.Centre, r row) error {
	id, err := in.places.district(r)
	if err == nil && id == 0 {
		err = errors.New("district is missing")
	}
	if err == nil {
		c.District = id
		return nil
	}
	known := in.places.pincodes[c.Pincode]
	if known.District == 0 || r.cells["district_id"] != "" {
		return err
	}
	c.District = known.District
	if r.cells["district"] != "" {
		in.report.note(r.line, "%v: %s is taken, from its pincode", err, in.places.names[known.District])
	}
	return nil
}

// onlyOnce refuses a centre that is there already, and makes a code where the
// operator has none: from name and pincode, so that the next file has the same
// code.
func (in *centreReader) onlyOnce(c *booking.Centre, r row) error {
	key := c.Pincode + " " + strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, c.Name)
	c.Code = r.cells["code"]
	if c.Code == "" {
		if line, twice := in.names[key]; twice {
			return fmt.Errorf("%q at %s is in line %d already", c.Name, c.Pincode, line)
		}
		sum := sha256.Sum256([]byte(key))
		c.Code = "N" + c.Pincode + "-" + hex.EncodeToString(sum[:4])
	}
	if line, twice := in.codes[c.Code]; twice {
		return fmt.Errorf("code %s is in line %d already", c.Code, line)
	}
	if line, twice := in.names[key]; twice {
		in.report.note(r.line, "%q at %s is in line %d too, with another code", c.Name, c.Pincode, line)
	} else {
		in.names[key] = r.line
	}
	in.codes[c.Code] = r.line
	return nil
}
