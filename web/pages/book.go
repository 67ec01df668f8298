package pages

import (
	"strconv"

	"tikaline/booking"
	"tikaline/locales"
)

// wish is a place that is wanted, as the address of a page has it.
type wish struct {
	Slot    booking.SlotID
	For     string
	Pincode string
}

func (v *visit) wish() wish {
	c, _ := strconv.ParseInt(v.c.QueryParam("c"), 10, 64)
	s, _ := strconv.ParseInt(v.c.QueryParam("s"), 10, 64)
	return wish{booking.SlotID{Centre: c, Slot: s}, v.c.QueryParam("for"), locales.Digits(v.c.QueryParam("pincode"))}
}

// at returns the page of the centre that the place is at, to choose another
// time.
func (w wish) at() string {
	return query("/centre/"+strconv.FormatInt(w.Slot.Centre, 10), "for", w.For, "pincode", w.Pincode)
}

// page returns the page that asks to confirm it.
func (w wish) page() string {
	return query("/book", "c", strconv.FormatInt(w.Slot.Centre, 10), "s", strconv.FormatInt(w.Slot.Slot, 10), "for", w.For, "pincode", w.Pincode)
}

// Book returns the page that books a slot for a person or, with "", for one who
// is still to be chosen.
func (w view) Book(slot booking.SlotID, person, pincode string) string {
	return w.In(wish{slot, person, pincode}.page())
}

// Find returns the page that finds centres for a person.
func (w view) Find(person, pincode string) string {
	return w.In(query("/find", "pincode", pincode, "for", person))
}

// Centre returns the page of a centre.
func (w view) Centre(c booking.Centre, person, pincode string) string {
	return w.In(wish{booking.SlotID{Centre: c.ID}, person, pincode}.at())
}

// confirm reads back what is to be booked or moved.
func (v *visit) confirm() error {
	w := v.wish()
	session, slot, ok := v.desk.Slot(w.Slot)
	if !ok {
		return v.seeProblem(w.at(), "", booking.Refuse(booking.SlotGone), nil)
	}
	if w.For == "" {
		return v.whom(w)
	}
	b, err := v.somebody(w.For)
	if err != nil {
		return v.seeProblem("/family", "", err, nil)
	}
	v.session.Next = ""
	centre, _ := v.desk.Centre(w.Slot.Centre)
	dose := session.Dose
	var old *booking.Appointment
	var from booking.Centre
	if live, ok := b.Live(); ok {
		if live.Slot == w.Slot {
			return v.see("/person/" + w.For)
		}
		old, dose = &live, live.Dose
		from, _ = v.desk.Centre(live.Slot.Centre)
	}
	return v.show("confirm", struct {
		Person    booking.Beneficiary
		Dose      int
		Session   booking.Session
		Window    booking.Window
		Centre    booking.Centre
		Old       *booking.Appointment
		From      booking.Centre
		Here      string
		Elsewhere string
	}{b, dose, session, slot.Window, centre, old, from, w.page(), w.at()})
}

// whom asks who the place is for, and registers them first if need be.
func (v *visit) whom(w wish) error {
	if len(v.home.People) == 0 {
		v.session.Next = w.page()
		return v.see("/new")
	}
	people, err := v.everybody()
	if err != nil {
		return err
	}
	v.session.Next = w.page()
	return v.show("who", struct {
		People []standing
		Slot   booking.SlotID
		Pin    string
		Room   bool
	}{people, w.Slot, w.Pincode, len(people) < v.most()})
}

// book books the place or moves the appointment there.
func (v *visit) book() error {
	w := v.wish()
	b, err := v.somebody(w.For)
	if err != nil {
		return v.seeProblem("/family", "", err, nil)
	}
	done := "book.done"
	if moved := v.c.FormValue("move"); moved != "" {
		live, ok := b.Live()
		if !ok || live.ID.String() != moved {
			return v.seeProblem("/person/"+w.For, "", booking.Refuse(booking.NoAppointment), nil)
		}
		_, err = v.desk.Move(v.ctx, live.ID, w.Slot)
		done = "book.moved"
	} else {
		_, err = v.desk.Book(v.ctx, v.request(b.Reference, strconv.FormatInt(w.Slot.Slot, 10)), b.Reference, w.Slot)
	}
	if p, ok := booking.AsProblem(err); ok {
		path := w.at()
		switch p.Code {
		case booking.AlreadyBooked, booking.TooLateChange, booking.NoAppointment:
			path = "/person/" + w.For
		}
		return v.seeProblem(path, "", err, nil)
	}
	if err != nil {
		return err
	}
	if w.Pincode != "" && w.Pincode != v.home.Pincode {
		if _, err := v.desk.Locate(w.Pincode); err == nil {
			if err := v.desk.Near(v.ctx, w.Pincode); err != nil {
				return err
			}
		}
	}
	return v.seeSaid("/person/"+w.For, done)
}

// cancelling asks to confirm that an appointment is to be cancelled.
func (v *visit) cancelling() error {
	b, err := v.somebody(v.c.Param("person"))
	if err != nil {
		return v.seeProblem("/family", "", err, nil)
	}
	path := "/person/" + v.handle(b)
	live, ok := b.Live()
	if !ok {
		return v.see(path)
	}
	if err := v.desk.MayChange(live); err != nil {
		return v.seeProblem(path, "", err, nil)
	}
	centre, _ := v.desk.Centre(live.Slot.Centre)
	return v.show("cancel", struct {
		Person booking.Beneficiary
		Live   booking.Appointment
		Centre booking.Centre
	}{b, live, centre})
}

// cancel cancels the appointment that was shown, and no other.
func (v *visit) cancel() error {
	b, err := v.somebody(v.c.Param("person"))
	if err != nil {
		return v.seeProblem("/family", "", err, nil)
	}
	path := "/person/" + v.handle(b)
	live, ok := b.Live()
	if !ok || live.ID.String() != v.c.FormValue("appointment") {
		return v.see(path) // cancelled before: the button was pressed twice
	}
	if _, err := v.desk.Cancel(v.ctx, live.ID); err != nil {
		return v.seeProblem(path, "", err, nil)
	}
	return v.seeSaid(path, "cancel.done")
}
