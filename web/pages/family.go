package pages

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"tikaline/booking"
	"tikaline/locales"
)

// A standing is the state of a person: the appointment, or what comes next.
type standing struct {
	Person booking.Beneficiary
	Live   *booking.Appointment // booked or held
	Until  *clock               // of a held one: until when it is kept
	Centre booking.Centre       // of the live one
	Fixed  bool                 // the live one can no longer be changed
	Due    int                  // the next dose, where it can be booked now or from a day on
	From   booking.Date         // that day, 0 where it is now
	Taken  int                  // doses
	Waits  string               // the pincode near which they wait for a place
	Why    string               // there is no next dose now
}

// UntilDay returns the day until which a place is kept.
func (s standing) UntilDay() booking.Date { return booking.DateOf(time.Time(*s.Until)) }

// stands returns the standing of a person of the household.
func (v *visit) stands(b booking.Beneficiary, holds []booking.Hold, waiting []booking.Waiter) (standing, error) {
	s := standing{Person: b, Taken: b.Doses()}
	for _, w := range waiting {
		if w.Reference == b.Reference {
			s.Waits = w.Pincode
		}
	}
	if a, ok := b.Live(); ok {
		s.Live = &a
		s.Centre, _ = v.desk.Centre(a.Slot.Centre)
		s.Fixed = v.desk.MayChange(a) != nil
		for _, h := range holds {
			if h.ID == a.ID && a.Status == booking.Held {
				until := clock(h.Until)
				s.Until = &until
			}
		}
		return s, nil
	}
	due, err := v.desk.NextDose(b)
	switch p, ok := booking.AsProblem(err); {
	case ok && p.Code == booking.DosesDone:
	case ok:
		s.Why, err = v.worded(p)
		return s, err
	case err != nil:
		return s, err
	default:
		s.Due = due.Dose
		if due.From > v.desk.Today() {
			s.From = due.From
		}
	}
	return s, nil
}

// everybody returns the standings of the household.
func (v *visit) everybody() ([]standing, error) {
	holds, err := v.desk.Holds(v.ctx)
	if err != nil {
		return nil, err
	}
	waitlist, err := v.desk.Waiting(v.ctx)
	if err != nil {
		return nil, err
	}
	list := make([]standing, len(v.home.People))
	for i, b := range v.home.People {
		if list[i], err = v.stands(b, holds, waitlist); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// most returns how many may share the number.
func (v *visit) most() int { return v.desk.Programme().PeoplePerNumber(v.desk.Today()) }

// family shows everybody of the number, and what is next for each.
func (v *visit) family() error {
	people, err := v.everybody()
	if err != nil {
		return err
	}
	return v.show("family", struct {
		Tail   string
		People []standing
		Max    int
		Room   bool
		Waits  bool
	}{v.home.Number.Tail(), people, v.most(), len(people) < v.most(),
		slices.ContainsFunc(people, func(s standing) bool { return s.Waits != "" })})
}

func (v *visit) toFamily() error { return v.see("/family") }
func (v *visit) toPerson() error { return v.see("/person/" + v.c.Param("person")) }

// somebody returns the person that the address names.
func (v *visit) somebody(name string) (booking.Beneficiary, error) {
	b, ok := v.named(v.home, name)
	if !ok {
		return b, booking.Refuse(booking.NobodyYet)
	}
	return b, nil
}

// person shows one person, with the appointment and what can be done.
func (v *visit) person() error {
	b, err := v.somebody(v.c.Param("person"))
	if err != nil {
		return v.seeProblem("/family", "", err, nil)
	}
	holds, err := v.desk.Holds(v.ctx)
	if err != nil {
		return err
	}
	waitlist, err := v.desk.Waiting(v.ctx)
	if err != nil {
		return err
	}
	s, err := v.stands(b, holds, waitlist)
	if err != nil {
		return err
	}
	return v.show("person", struct {
		standing
		Stands standing
		Others []booking.Beneficiary // who could come along
		Slip   bool
		PDF    bool
		Wanted string // the page that was wanted before the person was registered
	}{s, s, v.others(b), v.Press != nil, v.Press != nil && (v.Press.Ready() || v.Fonts != nil), v.wanted(b)})
}

// others returns the people of the family who could have a place at the same
// time.
func (v *visit) others(b booking.Beneficiary) []booking.Beneficiary {
	live, ok := b.Live()
	if !ok || live.Status != booking.Booked {
		return nil
	}
	var list []booking.Beneficiary
	for _, o := range v.home.People {
		if _, has := o.Live(); has {
			continue
		}
		if slices.ContainsFunc(v.desk.Slots(live.Slot.Centre, &o), func(s booking.SlotOffer) bool { return s.ID == live.Slot }) {
			list = append(list, o)
		}
	}
	return list
}

// wanted returns the page that the visitor wanted before there was anybody to
// book for.
func (v *visit) wanted(b booking.Beneficiary) string {
	if path, ok := strings.CutPrefix(v.session.Next, "/book?"); ok {
		return "/book?" + path + "&for=" + v.handle(b)
	}
	return ""
}

// The fields of the form of a newcomer.
var newFields = []string{"name", "year", "gender", "photo_id", "id_last4", "certificate", "consent"}

// typed returns the values that were typed into the form, to show them again.
// Of an id only its end is kept, here too.
func (v *visit) typed() map[string]string {
	form := make(map[string]string, len(newFields))
	for _, f := range newFields {
		form[f] = cut(v.c.FormValue(f), 4*booking.NameMax)
	}
	last4, err := booking.ParseIDLast4(locales.Fold(form["id_last4"]))
	if err != nil {
		last4 = ""
	}
	form["id_last4"] = last4
	return form
}

// cut keeps at most max bytes, in whole characters.
func cut(s string, max int) string {
	if len(s) <= max {
		return s
	}
	return strings.ToValidUTF8(s[:max], "")
}

// newcomer shows the form to register a person.
func (v *visit) newcomer() error {
	if most := v.most(); len(v.home.People) >= most {
		return v.seeProblem("/family", "", booking.Refuse(booking.HouseholdFull, "Max", most), nil)
	}
	var ids []string
	for _, id := range v.desk.Programme().IDs(v.desk.Today()) {
		ids = append(ids, id.Key)
	}
	return v.show("new", struct {
		Genders     []booking.Gender
		IDs         []string
		Certificate bool // a certificate decides for some
		Conditions  int
		Oldest      int
		Year        int
		NameMax     int
	}{booking.Genders, ids, v.certificates(), v.desk.Programme().Conditions.Count, v.desk.Today().Year() - 120, v.desk.Today().Year(), booking.NameMax})
}

// certificates reports whether a certificate decides for anybody's registration
// now: where it does for nobody, nobody is asked.
func (v *visit) certificates() bool {
	today := v.desk.Today()
	for age := range 121 {
		if v.desk.Programme().AsksCertificate(today.Year()-age, today) {
			return true
		}
	}
	return false
}

// applicant reads the form, and returns everything that is wrong with it at
// once.
func (v *visit) applicant() (booking.Applicant, []problem, error) {
	var (
		a     booking.Applicant
		wrong []problem
		today = v.desk.Today()
		bad   error
	)
	note := func(field, text string, err error) {
		bad = errors.Join(bad, err)
		wrong = append(wrong, problem{field, text})
	}
	check := func(field string, err error) {
		if p, ok := booking.AsProblem(err); ok {
			text, err := v.worded(p)
			note(field, text, err)
		}
	}
	say := func(field, id string) {
		text, err := v.text(id, nil)
		note(field, text, err)
	}
	var err error
	a.Name, err = booking.ParseName(locales.FoldName(v.c.FormValue("name")))
	check("name", err)
	a.BirthYear, err = booking.ParseYear(locales.Digits(v.c.FormValue("year")), today)
	check("year", err)
	if err == nil {
		a.Certificate = v.c.FormValue("certificate") == "yes" && v.desk.Programme().AsksCertificate(a.BirthYear, today)
		check("year", v.desk.Programme().Admits(a.BirthYear, a.Certificate, today))
	}
	a.Gender = booking.Gender(v.c.FormValue("gender"))
	if !slices.Contains(booking.Genders, a.Gender) {
		say("gender", "new.no_gender")
	}
	a.PhotoID = v.c.FormValue("photo_id")
	ids := v.desk.Programme().IDs(today)
	if !slices.ContainsFunc(ids, func(id booking.PhotoID) bool { return id.Key == a.PhotoID }) {
		say("photo_id", "new.no_photo_id")
	}
	a.IDLast4, err = booking.ParseIDLast4(locales.Fold(v.c.FormValue("id_last4")))
	check("id_last4", err)
	if v.c.FormValue("consent") != "yes" {
		check("consent", booking.Refuse(booking.ConsentNeeded))
	}
	return a, wrong, bad
}

// register registers the person of the form, once.
func (v *visit) register() error {
	a, wrong, err := v.applicant()
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		v.said(flash{Path: "/new", Problems: wrong, Form: v.typed()})
		return v.see("/new")
	}
	request := v.request(a.Name, strconv.Itoa(a.BirthYear), string(a.Gender), a.PhotoID, a.IDLast4)
	b, err := v.desk.Register(v.ctx, request, a)
	if p, ok := booking.AsProblem(err); ok {
		return v.seeProblem("/new", fieldOf(p.Code), err, v.typed())
	}
	if err != nil {
		return err
	}
	return v.seeSaid("/person/"+v.handle(b), "new.done", "Name", b.Name)
}

// fieldOf returns the field that a refusal to register is about.
func fieldOf(c booking.Code) string {
	switch c {
	case booking.NameTooShort, booking.NameTooLong, booking.NameNotWords, booking.SamePerson:
		return "name"
	case booking.BadYear, booking.TooYoung, booking.NotForYou, booking.CertificateNeeded:
		return "year"
	case booking.BadID, booking.SameID:
		return "id_last4"
	case booking.ConsentNeeded:
		return "consent"
	}
	return ""
}

// removing asks to confirm that a person is to be taken off the number.
func (v *visit) removing() error {
	b, err := v.somebody(v.c.Param("person"))
	if err != nil {
		return v.seeProblem("/family", "", err, nil)
	}
	return v.show("remove", b)
}

// remove takes somebody off the number.
func (v *visit) remove() error {
	b, err := v.somebody(v.c.Param("person"))
	if err != nil {
		return v.see("/family") // taken off before: the button was pressed twice
	}
	if err := v.desk.Remove(v.ctx, b.Reference); err != nil {
		if p, ok := booking.AsProblem(err); ok && b.Name == "" { // it knows no other name
			err = booking.Refuse(p.Code, "Name", called(b))
		}
		return v.seeProblem("/person/"+v.handle(b), "", err, nil)
	}
	return v.seeSaid("/family", "remove.done", "Name", called(b))
}

// keep answers for a place that is held: yes or no.
func (v *visit) keep() error {
	b, err := v.somebody(v.c.Param("person"))
	if err != nil {
		return v.seeProblem("/family", "", err, nil)
	}
	path := "/person/" + v.handle(b)
	live, ok := b.Live()
	if !ok {
		return v.seeProblem(path, "", booking.Refuse(booking.NoAppointment), nil)
	}
	answer, done := v.desk.Confirm, "book.done"
	if v.c.FormValue("answer") != "yes" {
		answer, done = v.desk.Release, "keep.given"
	}
	if err := result(answer(v.ctx, live.ID)); err != nil {
		return v.seeProblem(path, "", err, nil)
	}
	return v.seeSaid(path, done)
}

func result(_ booking.Appointment, err error) error { return err }

// joinWaitlist puts a person on the waiting list.
func (v *visit) joinWaitlist() error {
	b, err := v.somebody(v.c.FormValue("for"))
	if err != nil {
		return v.seeProblem("/family", "", err, nil)
	}
	pincode := locales.Digits(v.c.FormValue("pincode"))
	if err := v.desk.JoinWaitlist(v.ctx, v.request(b.Reference, pincode), pincode, b.Reference); err != nil {
		return v.seeProblem("/family", "", err, nil)
	}
	return v.seeSaid("/family", "tell.done", "Name", called(b), "Pincode", pincode)
}

// leaveWaitlist takes the household off the waiting list.
func (v *visit) leaveWaitlist() error {
	if err := v.desk.LeaveWaitlist(v.ctx); err != nil {
		return err
	}
	return v.seeSaid("/family", "tell.ended")
}

// help shows what to bring, and whom to call.
func (v *visit) help() error {
	return v.show("help", struct{ Dial, Call string }{v.Dial, v.Call})
}

// callBack asks for a call.
func (v *visit) callBack() error {
	if err := v.desk.CallBack(v.ctx, v.request("call")); err != nil {
		return v.seeProblem("/help", "", err, nil)
	}
	return v.seeSaid("/help", "help.called")
}
