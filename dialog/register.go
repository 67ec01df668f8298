package dialog

import (
	"context"

	"tikaline/booking"
)

type registerAnswers struct {
	Called      bool           `json:"called,omitempty"`
	Name        string         `json:"name,omitempty"`
	Recording   string         `json:"recording,omitempty"` // of the name, where it was spoken
	Later       bool           `json:"later,omitempty"`     // the name is taken down later, by a call
	Pincode     string         `json:"pincode,omitempty"`   // typed in place of the name
	First       string         `json:"first,omitempty"`     // the photo id that is asked for first
	Another     bool           `json:"another,omitempty"`   // another one is wanted
	Year        int            `json:"year,omitempty"`
	Certificate string         `json:"certificate,omitempty"` // yes, no, "" not asked
	Asked       bool           `json:"asked,omitempty"`       // whether the certificate decides
	Gender      booking.Gender `json:"gender,omitempty"`
	PhotoID     string         `json:"photo_id,omitempty"`
	IDLast4     string         `json:"id_last4,omitempty"`
	Confirmed   string         `json:"confirmed,omitempty"`
	Reference   string         `json:"reference,omitempty"`
	Then        string         `json:"then,omitempty"`
}

// register registers one member of the family. The consent is given with the
// answer that confirms what was read back.
var register = Flow[registerAnswers]{
	Name: "register",
	Start: func(ctx context.Context, r Reader, in Result, a *registerAnswers) error {
		a.Called = in.Called
		h, err := r.Household(ctx)
		if err != nil {
			return err
		}
		if most := r.Programme().PeoplePerNumber(r.Today()); len(h.People) >= most {
			return booking.Refuse(booking.HouseholdFull, "Max", most)
		}
		if ids := r.Programme().IDs(r.Today()); len(ids) > 0 && ids[0].Key == "aadhaar" {
			a.First = ids[0].Key
		}
		return nil
	},
	Result: func(a registerAnswers) Result { return Result{Reference: a.Reference, Pincode: a.Pincode} },
	Steps: []Step[registerAnswers]{{
		Name:   "name",
		Ask:    askName,
		Accept: acceptName,
		Next: func(a registerAnswers) string {
			if a.Name == "" && a.Recording == "" && !a.Later {
				return "name"
			}
			return ""
		},
	}, {
		Name: "year",
		Ask: func(_ context.Context, _ Reader, a registerAnswers) (Prompt, error) {
			if a.Later {
				return say("register.year_later").digits(2, 4), nil
			}
			return say("register.year", "Name", a.called()).digits(2, 4), nil
		},
		Accept: acceptYear,
	}, {
		Name: "certificate",
		When: func(a registerAnswers) bool { return a.Asked },
		Ask: func(_ context.Context, r Reader, _ registerAnswers) (Prompt, error) {
			return say("register.certificate", "Count", r.Programme().Conditions.Count).oneOf("yesno", "yes", "no"), nil
		},
		Accept: func(_ context.Context, v *Visit, a *registerAnswers, in string) error {
			a.Certificate = in
			return v.Programme().Admits(a.Year, in == "yes", v.Today())
		},
	}, {
		Name: "gender",
		Ask: func(_ context.Context, _ Reader, a registerAnswers) (Prompt, error) {
			return say("register.gender", "Year", yearText(a.Year)).oneOf("gender", "male", "female", "others"), nil
		},
		Accept: func(_ context.Context, _ *Visit, a *registerAnswers, in string) error {
			a.Gender = booking.Gender(in)
			return nil
		},
	}, {
		Name:   "aadhaar",
		When:   func(a registerAnswers) bool { return a.First != "" },
		Ask:    askFirstID,
		Accept: acceptFirstID,
	}, {
		Name: "photo_id",
		When: registerAnswers.otherID,
		Ask: func(_ context.Context, r Reader, a registerAnswers) (Prompt, error) {
			var keys []string
			for _, id := range r.Programme().IDs(r.Today()) {
				if id.Key != a.First {
					keys = append(keys, id.Key)
				}
			}
			return say("register.photo_id").oneOf("photo_id", keys...), nil
		},
		Accept: func(_ context.Context, _ *Visit, a *registerAnswers, in string) error {
			a.PhotoID = in
			return nil
		},
	}, {
		Name: "id_last4",
		When: registerAnswers.otherID,
		Ask: func(_ context.Context, _ Reader, a registerAnswers) (Prompt, error) {
			p := say("register.id_last4", "PhotoID", Word("option.photo_id."+a.PhotoID))
			return Prompt{Say: p, Expect: Words{Max: 20, Keys: Digits{Min: 4, Max: 4}}}, nil
		},
		Accept: func(_ context.Context, _ *Visit, a *registerAnswers, in string) error {
			last4, err := booking.ParseIDLast4(in)
			if err == nil {
				a.IDLast4 = last4
			}
			return err
		},
	}, {
		Name: "confirm",
		Ask: func(_ context.Context, _ Reader, a registerAnswers) (Prompt, error) {
			return say("register.confirm", "Name", a.called(), "Short", shortOf(a.applicant()), "Year", yearText(a.Year),
				"Gender", Word("option.gender."+string(a.Gender)), "PhotoID", Word("option.photo_id."+a.PhotoID), "Last4", a.IDLast4,
			).oneOf("confirm", "yes", "no").agree("yes"), nil
		},
		Accept: acceptRegistration,
		Kept:   func(a registerAnswers) bool { return a.Reference != "" },
		Next: func(a registerAnswers) string {
			switch {
			case a.Confirmed == "no":
				return "name"
			case a.Called:
				return Done
			}
			return ""
		},
		Refused: func(a registerAnswers, c booking.Code) string {
			switch c {
			case booking.SamePerson:
				return "name"
			case booking.SameID, booking.BadID:
				if a.First != "" {
					return "aadhaar"
				}
				return "photo_id"
			case booking.TooYoung, booking.NotForYou, booking.CertificateNeeded, booking.BadYear:
				return "year"
			}
			return ""
		},
	}, {
		Name: "then",
		Ask: func(_ context.Context, _ Reader, a registerAnswers) (Prompt, error) {
			return say("register.then", "Name", a.called(), "Reference", a.Reference).oneOf("then", "book", "another", "end"), nil
		},
		Accept: func(_ context.Context, _ *Visit, a *registerAnswers, in string) error { a.Then = in; return nil },
		Go: func(a registerAnswers) (string, Result) {
			switch a.Then {
			case "book":
				return "book", Result{Reference: a.Reference}
			case "another":
				return "register", Result{}
			}
			return "", Result{}
		},
	}},
	Done: func(_ context.Context, _ Reader, a registerAnswers) (Prompt, error) {
		return say("register.done", "Name", a.called(), "Reference", a.Reference).end(), nil
	},
}

func (a registerAnswers) applicant() booking.Applicant {
	return booking.Applicant{
		Name: a.Name, Recording: a.Recording, NameLater: a.Later, BirthYear: a.Year, Gender: a.Gender,
		PhotoID: a.PhotoID, IDLast4: a.IDLast4, Certificate: a.Asked && a.Certificate == "yes",
	}
}

// called returns what the applicant is called.
func (a registerAnswers) called() any { return nameOf(a.applicant()) }

// otherID reports whether the kind of photo id is asked for: where the first
// kind of the programme is not what the person has.
func (a registerAnswers) otherID() bool { return a.First == "" || a.Another }

// later is what is pressed for a name that cannot be typed.
const later = "1"

func askName(_ context.Context, r Reader, a registerAnswers) (Prompt, error) {
	written := r.Programme().WrittenNames
	p := Prompt{Say: say("register.name"), Expect: Words{Max: booking.NameMax, Voice: !written}}
	switch {
	case a.Pincode != "":
		p.Say = say("register.name_at", "Pincode", a.Pincode)
	case written:
		p.Say = say("register.name_written")
	}
	return p, nil
}

// acceptName takes a name in writing or as a recording, "1" where there will be
// one later, and a pincode: people type it as soon as they can.
func acceptName(ctx context.Context, v *Visit, a *registerAnswers, in string) error {
	a.Name, a.Recording, a.Later = "", "", false
	switch {
	case v.Recording != "":
		a.Recording = v.Recording
		return nil
	case in == later && !v.Programme().WrittenNames:
		a.Later = true
		return nil
	case len(in) == 6 && number(in):
		if _, err := v.Locate(in); err != nil {
			return err
		}
		a.Pincode = in
		return v.Near(ctx, in)
	}
	name, err := booking.ParseName(in)
	a.Name = name
	return err
}

// acceptYear takes a year of birth, or an age.
func acceptYear(_ context.Context, v *Visit, a *registerAnswers, in string) error {
	year, err := v.Programme().ParseBirth(in, v.Today())
	if err != nil {
		return err
	}
	a.Asked = v.Programme().AsksCertificate(year, v.Today())
	if err := v.Programme().Admits(year, a.Asked, v.Today()); err != nil {
		return err
	}
	a.Year, a.Certificate = year, ""
	return nil
}

// askFirstID asks for the last four of the photo id that most people have, or
// for another one.
func askFirstID(_ context.Context, _ Reader, a registerAnswers) (Prompt, error) {
	return say("register.aadhaar", "Gender", Word("option.gender."+string(a.Gender))).oneOf("aadhaar", "another").or(Digits{Min: 4, Max: 4}), nil
}

func acceptFirstID(_ context.Context, _ *Visit, a *registerAnswers, in string) error {
	if a.Another = in == "another"; a.Another {
		a.PhotoID, a.IDLast4 = "", ""
		return nil
	}
	a.PhotoID, a.IDLast4 = a.First, in
	return nil
}

// acceptRegistration registers the person. A name that is still missing is asked
// for by a call.
func acceptRegistration(ctx context.Context, v *Visit, a *registerAnswers, in string) error {
	a.Confirmed = in
	if in == "no" {
		return nil
	}
	b, err := v.Register(ctx, a.applicant())
	if err != nil {
		return err
	}
	a.Reference = b.Reference
	if a.Later {
		return v.CallBack(ctx)
	}
	return nil
}
