package dialog

import (
	"context"

	"tikaline/booking"
)

type registerAnswers struct {
	Called      bool           `json:"called,omitempty"`
	Name        string         `json:"name,omitempty"`
	Recording   string         `json:"recording,omitempty"` // of the name, where it was spoken
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
		return nil
	},
	Result: func(a registerAnswers) Result { return Result{Reference: a.Reference} },
	Steps: []Step[registerAnswers]{{
		Name: "name",
		Ask: func(_ context.Context, r Reader, _ registerAnswers) (Prompt, error) {
			return Prompt{Say: say("register.name"), Expect: Words{Max: booking.NameMax, Voice: !r.Programme().WrittenNames}}, nil
		},
		Accept: func(_ context.Context, v *Visit, a *registerAnswers, in string) error {
			if v.Recording != "" {
				a.Name, a.Recording = "", v.Recording
				return nil
			}
			name, err := booking.ParseName(in)
			if err == nil {
				a.Name, a.Recording = name, ""
			}
			return err
		},
	}, {
		Name: "year",
		Ask: func(context.Context, Reader, registerAnswers) (Prompt, error) {
			return say("register.year").digits(4, 4), nil
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
		Ask: func(context.Context, Reader, registerAnswers) (Prompt, error) {
			return say("register.gender").oneOf("gender", "male", "female", "others"), nil
		},
		Accept: func(_ context.Context, _ *Visit, a *registerAnswers, in string) error {
			a.Gender = booking.Gender(in)
			return nil
		},
	}, {
		Name: "photo_id",
		Ask: func(_ context.Context, r Reader, _ registerAnswers) (Prompt, error) {
			var keys []string
			for _, id := range r.Programme().IDs(r.Today()) {
				keys = append(keys, id.Key)
			}
			return say("register.photo_id").oneOf("photo_id", keys...), nil
		},
		Accept: func(_ context.Context, _ *Visit, a *registerAnswers, in string) error {
			a.PhotoID = in
			return nil
		},
	}, {
		Name: "id_last4",
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
			return say("register.confirm", "Name", a.called(), "Year", yearText(a.Year),
				"Gender", Word("option.gender."+string(a.Gender)), "PhotoID", Word("option.photo_id."+a.PhotoID), "Last4", a.IDLast4,
			).oneOf("confirm", "yes", "no"), nil
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
		Refused: func(_ registerAnswers, c booking.Code) string {
			switch c {
			case booking.SamePerson:
				return "name"
			case booking.SameID, booking.BadID:
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

// called returns what the applicant is called.
func (a registerAnswers) called() any {
	return nameOf(booking.Applicant{Name: a.Name, Recording: a.Recording, BirthYear: a.Year})
}

func acceptYear(_ context.Context, v *Visit, a *registerAnswers, in string) error {
	year, err := booking.ParseYear(in, v.Today())
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

func acceptRegistration(ctx context.Context, v *Visit, a *registerAnswers, in string) error {
	a.Confirmed = in
	if in == "no" {
		return nil
	}
	b, err := v.Register(ctx, booking.Applicant{
		Name: a.Name, Recording: a.Recording, BirthYear: a.Year, Gender: a.Gender, PhotoID: a.PhotoID, IDLast4: a.IDLast4,
		Certificate: a.Asked && a.Certificate == "yes",
	})
	if err != nil {
		return err
	}
	a.Reference = b.Reference
	return nil
}
