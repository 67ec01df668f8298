package cowin

import (
	"cmp"

	"tikaline/booking"
)

// placeJSON is the centre of a session.
type placeJSON struct {
	CenterID  int64  `json:"center_id"`
	Name      string `json:"name"`
	NameL     string `json:"name_l,omitempty"`
	Address   string `json:"address"`
	AddressL  string `json:"address_l,omitempty"`
	State     string `json:"state_name"`
	StateL    string `json:"state_name_l,omitempty"`
	District  string `json:"district_name"`
	DistrictL string `json:"district_name_l,omitempty"`
	Block     string `json:"block_name"`
	BlockL    string `json:"block_name_l,omitempty"`
	Pincode   int    `json:"pincode"`
	Lat       int    `json:"lat"`  // truncated, as in the original
	Long      int    `json:"long"` //
	From      string `json:"from"`
	To        string `json:"to"`
	FeeType   string `json:"fee_type"`
}

// sessionJSON is a session, wherever it is.
type sessionJSON struct {
	ID       string   `json:"session_id"`
	Date     string   `json:"date"`
	Dose1    int      `json:"available_capacity_dose1"`
	Dose2    int      `json:"available_capacity_dose2"`
	Capacity int      `json:"available_capacity"`
	MinAge   int      `json:"min_age_limit"`
	MaxAge   int      `json:"max_age_limit,omitempty"`
	AllAges  bool     `json:"allow_all_age"`
	Vaccine  string   `json:"vaccine"`
	Slots    []string `json:"slots"`
}

// foundJSON is a session as findBy… lists it.
type foundJSON struct {
	placeJSON
	Fee string `json:"fee"`
	sessionJSON
}

type feeJSON struct {
	Vaccine string `json:"vaccine"`
	Fee     string `json:"fee"`
}

// centerJSON is a centre with its sessions of a week.
type centerJSON struct {
	placeJSON
	Sessions []sessionJSON `json:"sessions"`
	Fees     []feeJSON     `json:"vaccine_fees,omitempty"`
}

// noBlock is the block of a centre that has none.
const noBlock = "Not Applicable"

// The hours of a centre without sessions.
const (
	usualFrom = 9 * 60
	usualTo   = 17 * 60
)

func (a *api) place(c booking.Centre, lang string, groups ...booking.Group) placeJSON {
	d, _ := a.Core.Places.District(c.District)
	p := placeJSON{
		CenterID: c.ID, Name: c.Name, Address: c.Address, State: d.State["en"], District: d.Name["en"],
		Block: cmp.Or(c.Block, noBlock), Pincode: pinNumber(c.Pincode), Lat: int(c.Lat), Long: int(c.Lon), FeeType: feeType(c.Fee),
	}
	if lang != untold {
		p.NameL, p.AddressL, p.BlockL = cmp.Or(c.Short[lang], c.Name), c.Address, p.Block
		p.StateL, p.DistrictL = d.State.In(lang), d.Name.In(lang)
	}
	if lang == english {
		p.NameL = c.Name
	}
	from, to := hours(groups)
	p.From, p.To = seconds(from), seconds(to)
	return p
}

// hours returns the start of the first window and the end of the last.
func hours(groups []booking.Group) (from, to int16) {
	for _, g := range groups {
		for _, s := range g.Slots {
			if from == to || s.Window.From < from {
				from = s.Window.From
			}
			to = max(to, s.Window.To)
		}
	}
	if from == to {
		return usualFrom, usualTo
	}
	return from, to
}

func (a *api) session(g booking.Group, now moment) sessionJSON {
	s := sessionJSON{
		ID: keyOf(g).id().String(), Date: dmy(g.Day), Dose1: a.capacity(g, 1, now), Dose2: a.capacity(g, 2, now),
		MinAge: g.MinAge, MaxAge: g.MaxAge, AllAges: g.MaxAge == 0 && g.MinAge <= 18, Vaccine: g.Vaccine, Slots: []string{},
	}
	s.Capacity = s.Dose1 + s.Dose2
	for _, w := range a.windows(g, now) {
		s.Slots = append(s.Slots, slotText(w))
	}
	return s
}
