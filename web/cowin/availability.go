package cowin

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"tikaline/booking"
)

// places answers a question about places.
func (a *api) places(c echo.Context, q query, make func() any) error {
	body, err := a.answers.get(q, make)
	if err != nil {
		return err
	}
	return send(c, body)
}

// listed returns the sessions of a centre to list: without doses that this
// version of the API does not know, and of one vaccine where one is named.
func (a *api) listed(centre int64, from, to booking.Date, vaccine string) []booking.Group {
	return slices.DeleteFunc(a.Core.Places.Groups(centre, from, to), func(g booking.Group) bool {
		return vaccine != "" && g.Vaccine != vaccine ||
			!slices.ContainsFunc(g.Slots, func(s booking.GroupSlot) bool { return s.Dose <= 2 })
	})
}

// noVaccine is a name that no vaccine has.
const noVaccine = "-"

// vaccine returns the vaccine that is asked for, as the programme spells it; ""
// is any.
func (a *api) vaccine(c echo.Context) string {
	name := strings.TrimSpace(c.QueryParam("vaccine"))
	if name == "" {
		return ""
	}
	for _, v := range a.Core.Programme.Vaccines {
		if strings.EqualFold(v.Name, name) {
			return v.Name
		}
	}
	return noVaccine
}

// A where is the set of centres that a request asks about.
type where struct {
	kind, name string
	centres    func() []booking.Centre
}

func (a *api) atPin(c echo.Context) (where, error) {
	pin, err := pincode(c)
	return where{"pin", pin, func() []booking.Centre { return a.Core.Places.CentresAt(pin) }}, err
}

func (a *api) inDistrict(c echo.Context) (where, error) {
	id, err := number(c, "district_id", "districtID")
	return where{"district", strconv.FormatInt(id, 10), func() []booking.Centre { return a.Core.Places.CentresIn(int(id)) }}, err
}

func (a *api) findByPin(c echo.Context) error          { return a.find(c, a.atPin, date) }
func (a *api) findByDistrict(c echo.Context) error     { return a.find(c, a.inDistrict, date) }
func (a *api) calendarByPin(c echo.Context) error      { return a.calendar(c, a.atPin) }
func (a *api) calendarByDistrict(c echo.Context) error { return a.calendar(c, a.inDistrict) }

// search is findByDistrict, for today where no day is named: the original's
// portal used it, and its form is documented nowhere.
func (a *api) search(c echo.Context) error {
	return a.find(c, a.inDistrict, func(c echo.Context) (booking.Date, error) {
		if c.QueryParam("date") == "" {
			return a.Core.Today(), nil
		}
		return date(c)
	})
}

// find lists the sessions of a day that have a place.
func (a *api) find(c echo.Context, at func(echo.Context) (where, error), on func(echo.Context) (booking.Date, error)) error {
	w, err := at(c)
	if err != nil {
		return err
	}
	day, err := on(c)
	if err != nil {
		return err
	}
	lang, vaccine := language(c), a.vaccine(c)
	return a.places(c, query{"find by " + w.kind, w.name, int32(day), vaccine, lang}, func() any {
		list, now := []foundJSON{}, a.now()
		for _, centre := range w.centres() {
			for _, g := range a.listed(centre.ID, day, day, vaccine) {
				if s := a.session(g, now); s.Capacity > 0 {
					list = append(list, foundJSON{a.place(centre, lang, g), strconv.Itoa(centre.Fee), s})
				}
			}
		}
		return struct {
			Sessions []foundJSON `json:"sessions"`
		}{list}
	})
}

// week is how many days a calendar shows.
const week = 7

// calendar lists the centres that have sessions in the week from a day on.
func (a *api) calendar(c echo.Context, at func(echo.Context) (where, error)) error {
	w, err := at(c)
	if err != nil {
		return err
	}
	day, err := date(c)
	if err != nil {
		return err
	}
	lang, vaccine := language(c), a.vaccine(c)
	return a.places(c, query{"calendar by " + w.kind, w.name, int32(day), vaccine, lang}, func() any {
		list := []centerJSON{}
		for _, centre := range w.centres() {
			if one := a.center(centre, day, vaccine, lang); len(one.Sessions) > 0 {
				list = append(list, one)
			}
		}
		return struct {
			Centers []centerJSON `json:"centers"`
		}{list}
	})
}

// calendarByCenter answers with the week of one centre: an object, and an empty one
// where there is no such centre.
func (a *api) calendarByCenter(c echo.Context) error {
	id, err := number(c, "center_id", "districtID")
	if err != nil {
		return err
	}
	day, err := date(c)
	if err != nil {
		return err
	}
	lang, vaccine := language(c), a.vaccine(c)
	return a.places(c, query{"calendar by center", strconv.FormatInt(id, 10), int32(day), vaccine, lang}, func() any {
		var of struct {
			Centers any `json:"centers"`
		}
		of.Centers = struct{}{}
		if centre, ok := a.Core.Places.Centre(id); ok {
			of.Centers = a.center(centre, day, vaccine, lang)
		}
		return of
	})
}

// center returns a centre's week from a day on.
func (a *api) center(c booking.Centre, day booking.Date, vaccine, lang string) centerJSON {
	groups, now := a.listed(c.ID, day, day+week-1, vaccine), a.now()
	one := centerJSON{placeJSON: a.place(c, lang, groups...), Sessions: []sessionJSON{}}
	for _, g := range groups {
		one.Sessions = append(one.Sessions, a.session(g, now))
		if c.Fee > 0 && !slices.ContainsFunc(one.Fees, func(f feeJSON) bool { return f.Vaccine == g.Vaccine }) {
			one.Fees = append(one.Fees, feeJSON{g.Vaccine, strconv.Itoa(c.Fee)})
		}
	}
	return one
}

// nearJSON is a centre as findByLatLong lists it: here numbers are texts.
type nearJSON struct {
	CenterID  int64  `json:"center_id"`
	Name      string `json:"name"`
	NameL     string `json:"name_l,omitempty"`
	District  string `json:"district_name"`
	DistrictL string `json:"district_name_l,omitempty"`
	State     string `json:"state_name"`
	StateL    string `json:"state_name_l,omitempty"`
	Location  string `json:"location"`
	Pincode   string `json:"pincode"`
	Block     string `json:"block_name"`
	BlockL    string `json:"block_name_l,omitempty"`
	Lat       string `json:"lat"`
	Long      string `json:"long"`
}

// How far around a position centres are looked for, and how many are listed.
// The original searched within 1.1 km, which finds nothing in a village.
const (
	nearKm   = 25
	nearMost = 50
)

// findByLatLong lists the centres around a position, nearest first.
func (a *api) findByLatLong(c echo.Context) error {
	lat, err := degrees(c, "lat", 90)
	if err != nil {
		return err
	}
	long, err := degrees(c, "long", 180)
	if err != nil {
		return err
	}
	lang := language(c)
	list := []nearJSON{}
	for _, o := range a.Core.Places.CentresNear(lat, long, nearKm, nearMost) {
		p := a.place(o.Centre, lang)
		list = append(list, nearJSON{
			CenterID: p.CenterID, Name: p.Name, NameL: p.NameL, District: p.District, DistrictL: p.DistrictL, State: p.State, StateL: p.StateL,
			Location: p.Address, Pincode: o.Centre.Pincode, Block: p.Block, BlockL: p.BlockL, Lat: exact(o.Centre.Lat), Long: exact(o.Centre.Lon),
		})
	}
	return write(c, struct {
		Centers []nearJSON `json:"centers"`
		TTL     int        `json:"ttl"`
	}{list, ttl})
}

// degrees returns a query parameter as a latitude or longitude.
func degrees(c echo.Context, name string, most float64) (float64, error) {
	v, err := param(c, name)
	if err != nil {
		return 0, err
	}
	d, err := strconv.ParseFloat(v, 64)
	if err != nil || !(d >= -most && d <= most) {
		return 0, refuse(http.StatusBadRequest, "TIKA_"+strings.ToUpper(name), "Invalid "+name)
	}
	return d, nil
}

// write answers with a value in JSON.
func write(c echo.Context, v any) error {
	b, err := encode(v)
	if err != nil {
		return err
	}
	return send(c, b)
}

// send answers with JSON. It sets the length, or a long answer would be sent
// chunked.
func send(c echo.Context, body []byte) error {
	c.Response().Header().Set(echo.HeaderContentLength, strconv.Itoa(len(body)))
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, body)
}
