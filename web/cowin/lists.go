package cowin

import (
	"cmp"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"tikaline/booking"
)

// ttl is how long a list stays good, presumably in hours.
const ttl = 24

type stateJSON struct {
	ID    int    `json:"state_id"`
	Name  string `json:"state_name"`
	Local string `json:"state_name_l,omitempty"`
}

// states lists the states in the original's order, which is that of their
// names.
func (a *api) states(c echo.Context) error {
	lang := language(c)
	return a.places(c, query{kind: "states", lang: lang}, func() any {
		list := []stateJSON{}
		for _, d := range a.Core.Places.Districts() { // by state
			if n := len(list); n == 0 || list[n-1].ID != d.StateID {
				list = append(list, stateJSON{d.StateID, d.State["en"], local(d.State, lang)})
			}
		}
		return struct {
			States []stateJSON `json:"states"`
			TTL    int         `json:"ttl"`
		}{list, ttl}
	})
}

type districtJSON struct {
	StateID int    `json:"state_id"`
	ID      int    `json:"district_id"`
	Name    string `json:"district_name"`
	Local   string `json:"district_name_l,omitempty"`
}

// districts lists the districts of a state, by name.
func (a *api) districts(c echo.Context) error {
	lang := language(c)
	state, err := strconv.Atoi(c.Param("state_id"))
	if err != nil {
		return refuse(http.StatusBadRequest, "TIKA_STATE_ID", "Invalid state_id")
	}
	return a.places(c, query{kind: "districts", place: strconv.Itoa(state), lang: lang}, func() any {
		list := []districtJSON{}
		for _, d := range a.Core.Places.Districts() {
			if d.StateID == state {
				list = append(list, districtJSON{state, d.ID, d.Name["en"], local(d.Name, lang)})
			}
		}
		return struct {
			Districts []districtJSON `json:"districts"`
			TTL       int            `json:"ttl"`
		}{list, ttl}
	})
}

// local returns a name in the language that was asked for, "" where none was.
func local(n booking.Names, lang string) string {
	if lang == untold {
		return ""
	}
	return n.In(lang)
}

// An idType is a kind of photo id as the API names it. Clients compare the
// spelling.
type idType struct {
	name string
	doc  string // "" is null
}

// idNames are the kinds of photo id by wire id; the programme decides which are
// accepted.
var idNames = map[int]idType{
	1:  {"Aadhaar Card", ""},
	2:  {"Driving License", "DRVLC"},
	6:  {"PAN Card", "PANCR"},
	8:  {"Passport", "PSPRT"},
	9:  {"Pension Passbook", ""},
	11: {"NPR Smart Card", ""},
	12: {"Voter ID", "VTRID"},
	15: {"Unique Disability ID (Unique ID for Persons with Disabilities)", ""},
	16: {"Ration Card with Photo", ""},
}

// aadhaar is the wire id of the one card whose numbers can be checked.
const aadhaar = 1

// idName returns the name of a kind of photo id; a kind that the original did
// not have goes by the programme's own key.
func (a *api) idName(key string) string {
	for _, id := range a.Core.Programme.PhotoIDs {
		if id.Key == key {
			return cmp.Or(idNames[id.Wire].name, key)
		}
	}
	return key
}

type idTypeJSON struct {
	Type  string  `json:"type"`
	Local string  `json:"type_l,omitempty"`
	ID    int     `json:"id"`
	Doc   *string `json:"doc_type"`
	Flag  int     `json:"flag"`
}

// idTypes lists the photo ids that are accepted today, in the order of their
// numbers, as the original did.
func (a *api) idTypes(c echo.Context) error {
	list, lang := []idTypeJSON{}, language(c)
	for _, id := range a.Core.Programme.IDs(a.Core.Today()) {
		one := idTypeJSON{Type: cmp.Or(idNames[id.Wire].name, id.Key), ID: id.Wire, Flag: 1}
		if doc := idNames[id.Wire].doc; doc != "" {
			one.Doc = &doc
		}
		one.Local = a.word(lang, "option.photo_id."+id.Key, one.Type)
		i := 0
		for i < len(list) && list[i].ID < one.ID {
			i++
		}
		list = append(list[:i], append([]idTypeJSON{one}, list[i:]...)...)
	}
	return write(c, struct {
		Types []idTypeJSON `json:"types"`
		TTL   int          `json:"ttl"`
	}{list, ttl})
}

// word returns a word of ours in the language that was asked for, and in
// English the API's own; "" where none was.
func (a *api) word(lang, id, own string) string {
	switch lang {
	case untold:
		return ""
	case english:
		return own
	}
	if s, err := a.Words.Text(lang, "web", id, nil); err == nil {
		return s
	}
	return own
}

// genderNames are the names of the genders; the index, from 1, is the number of
// the API.
var genderNames = []struct {
	gender booking.Gender
	name   string
}{{booking.Male, "Male"}, {booking.Female, "Female"}, {booking.Others, "Others"}}

func genderName(g booking.Gender) string {
	for _, n := range genderNames {
		if n.gender == g {
			return n.name
		}
	}
	return ""
}

type genderJSON struct {
	Gender string `json:"gender"`
	Local  string `json:"gender_l,omitempty"`
	ID     int    `json:"id"`
}

// genders lists the genders.
func (a *api) genders(c echo.Context) error {
	list, lang := []genderJSON{}, language(c)
	for i, n := range genderNames {
		list = append(list, genderJSON{n.name, a.word(lang, "option.gender."+string(n.gender), n.name), i + 1})
	}
	return write(c, struct {
		Genders []genderJSON `json:"genders"`
		TTL     int          `json:"ttl"`
	}{list, ttl})
}
