package dialog

import (
	"context"
	"strconv"

	"tikaline/booking"
)

// mostCentres is how many centres are listed. With "other" five lines fill a
// screen in Latin letters and few enough in Indian ones; more choice tires.
const mostCentres = 4

type findAnswers struct {
	Called    bool    `json:"called,omitempty"`
	Reference string  `json:"reference,omitempty"` // whom it is for; "" anybody
	Pincode   string  `json:"pincode,omitempty"`
	Offers    []found `json:"offers,omitempty"` // what the caller saw
	Pick      string  `json:"pick,omitempty"`
	Centre    int64   `json:"centre,omitempty"`
	Then      string  `json:"then,omitempty"`
}

// found is a centre as it was offered.
type found struct {
	Centre int64   `json:"c"`
	Km     float64 `json:"km"`
	Free   int     `json:"free"`
	None   bool    `json:"none,omitempty"` // nothing is given there at all
}

// key is the centre as an option. No pincode looks like it.
func (f found) key() string { return "c" + strconv.FormatInt(f.Centre, 10) }

// find finds a centre by pincode. Called by another flow it returns the
// centre; alone it says where it is and leads on to booking there.
var find = Flow[findAnswers]{
	Name: "find",
	Start: func(ctx context.Context, r Reader, in Result, a *findAnswers) error {
		a.Called, a.Reference = in.Called, in.Reference
		h, err := r.Household(ctx)
		a.Pincode = h.Pincode
		return err
	},
	Result: func(a findAnswers) Result { return Result{Centre: a.Centre} },
	Steps: []Step[findAnswers]{{
		Name: "pincode",
		When: func(a findAnswers) bool { return a.Pincode == "" || a.Pick == pickElsewhere },
		Ask:  askPincode[findAnswers],
		Accept: func(ctx context.Context, v *Visit, a *findAnswers, in string) error {
			a.Pick = ""
			return a.near(ctx, v, in)
		},
	}, {
		Name:  "centre",
		Enter: enterCentre,
		Ask:   askCentre,
		Accept: func(ctx context.Context, v *Visit, a *findAnswers, in string) error {
			a.Pick = in
			switch {
			case in == pickElsewhere:
				return nil
			case !a.offered(in): // another pincode, typed straight away
				a.Pick = pickAgain
				return a.near(ctx, v, in)
			}
			id, err := strconv.ParseInt(in[1:], 10, 64)
			if _, ok := v.Centre(id); err != nil || !ok {
				return booking.Refuse(booking.SlotGone)
			}
			a.Centre = id
			return nil
		},
		Next: func(a findAnswers) string {
			switch {
			case a.Pick == pickElsewhere:
				return "pincode"
			case a.Pick == pickAgain:
				return "centre"
			case a.Called:
				return Done
			}
			return ""
		},
		Refused: func(_ findAnswers, c booking.Code) string {
			switch c {
			case booking.NoCentre, booking.BadPincode:
				return "pincode"
			case booking.SlotGone:
				return "centre"
			}
			return ""
		},
	}, {
		Name: "about",
		Ask: func(_ context.Context, r Reader, a findAnswers) (Prompt, error) {
			c, _ := r.Centre(a.Centre)
			return say("find.about", "Centre", c.Short, "Address", c.Address, "Pincode", c.Pincode, "Fee", feeWord(c)).
				oneOf("about", "book", "elsewhere"), nil
		},
		Accept: func(_ context.Context, _ *Visit, a *findAnswers, in string) error { a.Then = in; return nil },
		Next:   func(findAnswers) string { return "centre" },
		Go: func(a findAnswers) (string, Result) {
			if a.Then == "book" {
				return "book", Result{Centre: a.Centre}
			}
			return "", Result{}
		},
	}},
}

// aPincode is what may be typed wherever places are asked about.
var aPincode = Digits{Min: 6, Max: 6}

// askPincode asks where to search from.
func askPincode[A any](context.Context, Reader, A) (Prompt, error) {
	return Prompt{Say: say("find.pincode"), Expect: aPincode}, nil
}

// near takes a pincode to search from, and remembers it.
func (a *findAnswers) near(ctx context.Context, v *Visit, pincode string) error {
	if _, err := v.Locate(pincode); err != nil {
		return err
	}
	a.Pincode = pincode
	return v.Near(ctx, pincode)
}

// offered reports whether a centre was on the list.
func (a *findAnswers) offered(centre string) bool {
	for _, o := range a.Offers {
		if o.key() == centre {
			return true
		}
	}
	return false
}

func enterCentre(ctx context.Context, r Reader, a *findAnswers) error {
	at, err := r.Locate(a.Pincode)
	if err != nil { // remembered, and gone from the directory since
		a.Pick = pickElsewhere
		return err
	}
	who, err := maybePerson(ctx, r, a.Reference)
	if err != nil {
		return err
	}
	a.Offers = nil
	for _, o := range r.Nearest(at, who, mostCentres) {
		a.Offers = append(a.Offers, found{Centre: o.Centre.ID, Km: o.Km, Free: o.Free, None: !o.Sessions})
	}
	if len(a.Offers) == 0 {
		a.Pick = pickElsewhere
		return booking.Refuse(booking.NoCentre, "Pincode", a.Pincode, "District", districtName(r, at))
	}
	return nil
}

func askCentre(_ context.Context, r Reader, a findAnswers) (Prompt, error) {
	at, err := r.Locate(a.Pincode)
	if err != nil {
		return Prompt{}, err
	}
	options := make([]Option, 0, len(a.Offers)+1)
	for _, o := range a.Offers {
		c, ok := r.Centre(o.Centre)
		if !ok { // gone since: its number stays, and choosing it is refused
			options = append(options, Option{Key: o.key(), Label: say("option.offer.gone")})
			continue
		}
		id := "option.centre.open"
		switch {
		case o.None:
			id = "option.centre.none"
		case o.Free == 0:
			id = "option.centre.full"
		case !c.Government:
			id = "option.centre.paid"
		}
		options = append(options, Option{
			Key:   o.key(),
			Label: say(id, "Centre", c.Short, "Km", Km(o.Km), "Fee", feeWord(c)),
		})
	}
	options = append(options, Option{Key: pickElsewhere, Label: say("option.centre.elsewhere")})
	id := "find.centre"
	if !at.Exact {
		id = "find.centre_near"
	}
	return say(id, "Pincode", a.Pincode, "District", districtName(r, at)).choice(options).or(aPincode), nil
}

func maybePerson(ctx context.Context, r Reader, reference string) (*booking.Beneficiary, error) {
	if reference == "" {
		return nil, nil
	}
	b, err := person(ctx, r, reference)
	return &b, err
}

// feeWord returns the message for a centre's fee: government ones are free.
func feeWord(c booking.Centre) Word {
	if c.Government {
		return "word.free"
	}
	return "word.paid"
}

// districtName is the district's name in every language we have, else as the
// directory writes it.
func districtName(r Reader, at booking.Located) booking.Names {
	if d, ok := r.District(at.District); ok {
		return d.Name
	}
	return booking.Names{"en": at.DistrictName}
}
