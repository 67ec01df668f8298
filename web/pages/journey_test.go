package pages_test

import (
	"fmt"
	"html"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tikaline/booking"
	"tikaline/locales"
)

// register registers Asha and returns her name in addresses.
func (b *browser) register(lang string, fields ...string) string {
	b.t.Helper()
	b.get("/" + lang + "/new")
	b.send("/new", fields...)
	_, who, ok := strings.Cut(b.page.at, "/person/")
	if !ok {
		b.t.Fatalf("not registered: %s\n%s", b.page.at, main(b.page.body))
	}
	return who
}

// book returns the page that asks about a slot for a person.
func (s *site) book(lang string, slot booking.SlotOffer, who string) string {
	return fmt.Sprintf("/%s/book?c=%d&for=%s&s=%d", lang, slot.ID.Centre, who, slot.ID.Slot)
}

func TestJourney(t *testing.T) {
	for _, lang := range []string{"hi", "bn", "en"} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			b := s.browser()
			b.get("/")
			if b.page.status != http.StatusOK || !strings.Contains(b.page.body, `href="/`+lang+`/"`) {
				t.Fatalf("the first page does not lead to %s", lang)
			}
			b.login(lang, number)
			b.has(lang, "family.nobody")
			if h := s.household(number); h.Language != lang {
				t.Errorf("language %q is remembered", h.Language)
			}
			who := b.register(lang, asha...)
			b.has(lang, "new.done", "Name", "Asha Devi")

			b.get("/" + lang + "/find?for=" + who + "&pincode=800001")
			b.has(lang, "find.km", "Km", locales.FormatKm(s.km(roomy)))
			b.has(lang, "find.fee", "Fee", 250)
			slots := s.slots(roomy)
			b.get(fmt.Sprintf("/%s/centre/%d?for=%s&pincode=800001", lang, slots[0].ID.Centre, who))
			if n := strings.Count(b.page.body, "/"+lang+"/book?"); n != 3 {
				t.Errorf("%d times to choose from", n)
			}
			b.get(s.book(lang, slots[0], who) + "&pincode=800001")
			b.has(lang, "book.title")
			b.send("/book")
			b.has(lang, "book.done")
			h := s.household(number)
			if live, ok := h.People[0].Live(); !ok || live.Slot != slots[0].ID || live.Channel != booking.Web || h.Pincode != "800001" {
				t.Fatalf("booked %+v, pincode %q", live, h.Pincode)
			}
			if !strings.Contains(b.page.body, h.People[0].SecretCode()) {
				t.Error("the page does not show the code")
			}

			b.get("/" + lang + "/slip/" + who)
			if b.page.status != http.StatusOK || !strings.Contains(b.page.body, "Asha Devi") {
				t.Errorf("slip: %d", b.page.status)
			}

			b.get("/" + lang + "/slip/" + who + "/pdf") // without fonts
			b.has(lang, "slip.no_pdf")

			b.get(s.book(lang, slots[2], who))
			b.has(lang, "book.move_title")
			b.send("/book")
			b.has(lang, "book.moved")
			if live, _ := s.household(number).People[0].Live(); live.Slot != slots[2].ID {
				t.Errorf("it is still at %v", live.Slot)
			}

			b.get("/" + lang + "/cancel/" + who)
			b.send("/cancel")
			b.has(lang, "cancel.done")
			if _, ok := s.household(number).People[0].Live(); ok {
				t.Error("it is not cancelled")
			}

			b.get("/" + lang + "/find?pincode=800001&for=" + who)
			b.send("/tell")
			b.has(lang, "tell.done", "Name", "Asha Devi", "Pincode", "800001")
			if line, err := s.store.Waitlist.Waiting(t.Context(), number); err != nil || len(line) != 1 {
				t.Errorf("waiting: %v, %v", line, err)
			}
			b.send("/untell")
			b.has(lang, "tell.ended")

			b.get("/" + lang + "/remove/" + who)
			b.send("/remove")
			b.has(lang, "remove.done", "Name", "Asha Devi")
			b.send("/out")
			b.has(lang, "start.left")
			if b.get("/" + lang + "/family"); b.page.at != "/"+lang+"/" {
				t.Errorf("logged out, and sees %s", b.page.at)
			}
		})
	}
}

// km returns how far a centre is.
func (s *site) km(centre int) float64 {
	at, err := s.core.Places.Locate("800001")
	if err != nil {
		s.t.Fatal(err)
	}
	for _, o := range s.core.Places.Nearest(at, booking.Suiting{}, 9) {
		if o.Centre.Code == fmt.Sprintf("P%d", centre+1) {
			return o.Km
		}
	}
	return 0
}

// TestWanted looks for a time before there is a login or anybody to book for:
// nothing that was chosen is lost.
func TestWanted_is_not_lost(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser()
	slot := s.slots(roomy)[0]
	b.get(fmt.Sprintf("/en/centre/%d?pincode=800001", slot.ID.Centre))
	b.get(s.book("en", slot, ""))
	b.has("en", "start.wanted")
	b.send("/en/", "number", "98110 00001")
	b.send("/code", "code", b.code(number))
	if b.page.at != "/en/new" {
		t.Fatalf("nobody is registered, and the page is %s", b.page.at)
	}
	b.send("/new", asha...)
	link := between(b.page.body, `<a class="main" href="`, `"`)
	b.get(strings.ReplaceAll(link, "&amp;", "&"))
	b.has("en", "book.title")
	b.send("/book")
	b.has("en", "book.done")
	if live, ok := s.household(number).People[0].Live(); !ok || live.Slot != slot.ID {
		t.Errorf("booked %v", live.Slot)
	}
}

func between(s, from, to string) string {
	_, s, _ = strings.Cut(s, from)
	s, _, _ = strings.Cut(s, to)
	return s
}

func TestWho_of_the_family(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser()
	b.login("en", number)
	a := b.register("en", asha...)
	r := b.register("en", with(asha, "name", "Ram Lal", "id_last4", "5678", "gender", "male")...)
	slots := s.slots(roomy)
	b.get(s.book("en", slots[0], a))
	b.send("/book")
	b.has("en", "person.same", "Name", "Ram Lal")
	b.get(s.book("en", slots[0], ""))
	b.has("en", "who.title")
	if !strings.Contains(b.page.body, "for="+r) || strings.Contains(b.page.body, "for="+a) {
		t.Errorf("offered: %s", main(b.page.body))
	}
	b.get("/en/person/" + a)
	b.get("/en/book" + html.UnescapeString(between(b.page.body, `<p><a class="second" href="/en/book`, `"`)))
	b.send("/book")
	for _, p := range s.household(number).People {
		if live, ok := p.Live(); !ok || live.Slot != slots[0].ID {
			t.Errorf("%s does not come along", p.Name)
		}
	}
	if b.get("/en/person/" + a); strings.Contains(b.page.body, "/en/book?") {
		t.Error("offers what is booked")
	}
}

func TestRegister_says_what_is_wrong(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser()
	b.login("en", number)
	for name, c := range map[string]struct {
		fields []string
		want   []string // field, id, values…
		values []any
	}{
		"no_name":    {with(asha, "name", ""), []string{"name", "problem.name_too_short"}, nil},
		"name_9":     {with(asha, "name", "R2D2"), []string{"name", "problem.name_not_words"}, nil},
		"two_digits": {with(asha, "year", "58"), []string{"year", "problem.bad_year"}, []any{"Year", "1958"}},
		"too_young":  {with(asha, "year", "2010"), []string{"year", "problem.too_young"}, []any{"Age", 18}},
		"no_gender":  {with(asha, "gender", ""), []string{"gender", "new.no_gender"}, nil},
		"no_photo":   {with(asha, "photo_id", "x"), []string{"photo_id", "new.no_photo_id"}, nil},
		"short_id":   {with(asha, "id_last4", "12"), []string{"id_last4", "problem.bad_id"}, nil},
		"no_consent": {with(asha, "consent", ""), []string{"consent", "problem.consent_needed"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			b.on(t)
			b.get("/en/new")
			b.send("/new", c.fields...)
			if b.page.at != "/en/new" || b.page.status != http.StatusOK || !slices.Equal(b.hops, []int{http.StatusSeeOther}) {
				t.Fatalf("%d %s by %v", b.page.status, b.page.at, b.hops)
			}
			text := s.say("en", c.want[1], c.values...)
			if !strings.Contains(b.page.body, `id="`+c.want[0]+`-wrong">`+text) {
				t.Errorf("no %q beside %s:\n%s", text, c.want[0], main(b.page.body))
			}
			if !strings.Contains(b.page.body, `<a href="#`+c.want[0]+`">`) {
				t.Error("the summary has no link to the field")
			}
			if c.want[0] != "name" && !strings.Contains(b.page.body, `value="Asha Devi"`) {
				t.Error("what was typed is gone")
			}
		})
	}
	t.Run("all_at_once", func(t *testing.T) {
		b.on(t)
		b.get("/en/new")
		b.send("/new")
		if n := strings.Count(b.page.body, `class="wrong"`); n != 6 {
			t.Errorf("%d fields are named of 6", n)
		}
	})
	t.Run("digits_of_any_script", func(t *testing.T) {
		b.on(t)
		b.get("/en/new")
		b.send("/new", with(asha, "year", "১৯৫৮", "id_last4", "९९९९ ४१०५ ७०५८", "photo_id", "aadhaar")...)
		h := s.household(number)
		if len(h.People) != 1 || h.People[0].BirthYear != 1958 || h.People[0].IDLast4 != "7058" {
			t.Errorf("registered %+v", h.People)
		}
	})
	t.Run("twice", func(t *testing.T) {
		b.on(t)
		b.get("/en/new")
		b.send("/new", asha...)
		b.has("en", "problem.same_person", "Name", "Asha Devi")
	})
	t.Run("no_room", func(t *testing.T) {
		b.on(t)
		for i, name := range []string{"Ram Lal", "Sita Devi", "Mohan Lal"} {
			b.register("en", with(asha, "name", name, "id_last4", fmt.Sprintf("777%d", i))...)
		}
		b.get("/en/new")
		b.has("en", "problem.household_full", "Max", 4)
	})
}

// TestOnce sends forms again and again: each has one effect.
func TestOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser()
	t.Run("number_pressed_twice", func(t *testing.T) {
		b.on(t)
		b.get("/en/")
		at, form := b.form("/en/")
		form.Set("number", "9811000005")
		first, second := b.post(at, form), b.post(at, form)
		if first.at != "/en/code" || second.at != first.at {
			t.Errorf("%s, then %s", first.at, second.at)
		}
		b.send("/code", "code", b.code("+919811000005"))
		if b.page.at != "/en/family" {
			t.Errorf("at %s", b.page.at)
		}
		b.send("/out")
	})
	b.login("en", number)
	b.get("/en/new")
	at, form := b.form("/new")
	for i := 0; i < len(asha); i += 2 {
		form.Set(asha[i], asha[i+1])
	}
	t.Run("register_pressed_twice", func(t *testing.T) {
		b.on(t)
		first, second := b.post(at, form), b.post(at, form)
		if len(s.household(number).People) != 1 || first.at != second.at {
			t.Errorf("%s, then %s", first.at, second.at)
		}
	})
	t.Run("back_and_another_name", func(t *testing.T) {
		b.on(t)
		form.Set("name", "Ram Lal")
		form.Set("id_last4", "5678")
		b.post(at, form)
		if h := s.household(number); len(h.People) != 2 || h.People[1].Name != "Ram Lal" {
			t.Errorf("registered %+v", h.People)
		}
	})
	who := b.person("en")
	slots := s.slots(roomy)
	b.get(s.book("en", slots[0], who))
	at, form = b.form("/book")
	t.Run("book_pressed_twice_at_once", func(t *testing.T) {
		var wg sync.WaitGroup
		for range 4 {
			c := s.browser()
			c.client.Jar = b.client.Jar
			wg.Go(func() { c.post(at, form) })
		}
		wg.Wait()
		if h := s.household(number); len(h.People[0].Appointments) != 1 || s.slots(roomy)[0].Free != 20 {
			t.Errorf("booked %+v", h.People[0].Appointments)
		}
	})
	b.get("/en/cancel/" + who)
	cancelAt, cancelForm := b.form("/cancel")
	b.post(cancelAt, cancelForm)
	t.Run("back_to_book_after_cancelling", func(t *testing.T) {
		// What the request booked was cancelled: asked again, it gives no second place.
		b.on(t)
		b.post(at, form)
		if b.page.status != http.StatusOK {
			t.Errorf("%d at %s", b.page.status, b.page.at)
		}
	})
	t.Run("cancel_pressed_twice", func(t *testing.T) {
		b.on(t)
		b.get(s.book("en", slots[1], who))
		b.send("/book")
		b.post(cancelAt, cancelForm) // of the appointment before
		if live, ok := s.household(number).People[0].Live(); !ok || live.Slot != slots[1].ID {
			t.Error("it cancelled another appointment than the one that was shown")
		}
	})
	t.Run("no_form_is_answered_with_a_page", func(t *testing.T) {
		b.on(t)
		b.get("/en/cancel/" + who)
		b.send("/cancel")
		if len(b.hops) == 0 || b.hops[0] != http.StatusSeeOther {
			t.Errorf("answered by %v", b.hops)
		}
	})
}

// TestStale sends forms that have grown old. Nobody sees an error page, and
// nothing is done by them.
func TestStale(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser()
	b.login("en", number)
	b.get("/en/new")
	at, form := b.form("/new")
	for i := 0; i < len(asha); i += 2 {
		form.Set(asha[i], asha[i+1])
	}
	t.Run("logged_out_meanwhile", func(t *testing.T) {
		b.on(t)
		s.wait(21 * time.Minute)
		b.post(at, form)
		if b.page.status != http.StatusOK || b.page.at != "/en/" || len(s.household(number).People) != 0 {
			t.Fatalf("%d %s", b.page.status, b.page.at)
		}
		b.has("en", "start.wanted")
		b.send("/en/", "number", "9811000001")
		b.send("/code", "code", b.code(number))
		if b.page.at != "/en/new" || !strings.Contains(b.page.body, `value="Asha Devi"`) {
			t.Errorf("%s does not have what was typed:\n%s", b.page.at, main(b.page.body))
		}
		b.has("en", "stale.form")
	})
	t.Run("of_the_login_before", func(t *testing.T) {
		b.on(t)
		b.post(at, form)
		if b.page.status != http.StatusOK || b.page.at != "/en/new" || len(s.household(number).People) != 0 {
			t.Fatalf("%d %s", b.page.status, b.page.at)
		}
		b.has("en", "stale.form")
		b.send("/new", asha...)
		if len(s.household(number).People) != 1 {
			t.Error("sent once more, it did nothing")
		}
	})
	t.Run("number_without_cookies", func(t *testing.T) {
		c := s.browser()
		c.on(t)
		c.post("/hi/", map[string][]string{"number": {"9811000001"}, "csrf": {""}})
		if c.page.status != http.StatusOK || c.page.at != "/hi/?cookies=none" {
			t.Errorf("%d %s", c.page.status, c.page.at)
		}
		c.has("hi", "stale.form")
		c.client.Jar = nil // it keeps none
		c.post("/hi/", map[string][]string{"number": {"9811000001"}, "csrf": {""}})
		c.has("hi", "start.cookies")
	})
	t.Run("person_gone", func(t *testing.T) {
		b.on(t)
		who := b.person("en")
		b.get("/en/remove/" + who)
		at, form := b.form("/remove")
		b.post(at, form)
		b.post(at, form)
		if b.page.status != http.StatusOK || b.page.at != "/en/family" {
			t.Errorf("%d %s", b.page.status, b.page.at)
		}
		b.get("/en/person/" + who)
		b.has("en", "problem.nobody_yet")
	})
}

func TestFull(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	slot := s.slots(small)[0]
	other := s.browser()
	other.login("en", "+919811000002")
	stranger := other.register("en", asha...)
	b := s.browser()
	b.login("bn", number)
	who := b.register("bn", asha...)
	b.get(s.book("bn", slot, who)) // sees a place
	other.get(s.book("en", slot, stranger))
	other.send("/book")
	other.has("en", "book.done")
	b.send("/book")
	b.has("bn", "problem.slot_full")
	if !strings.HasPrefix(b.page.at, "/bn/centre/") {
		t.Errorf("sent to %s", b.page.at)
	}
	b.has("bn", "problem.no_slot")
	b.get("/bn/find?pincode=800001")
	b.has("bn", "find.full")
	if strings.Contains(b.page.body, fmt.Sprintf("/bn/centre/%d", slot.ID.Centre)) {
		t.Error("a full centre leads on")
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for name, c := range map[string]struct {
		typed, id string
		values    []any
	}{
		"bad":          {"12", "problem.bad_pincode", nil},
		"letters":      {"patna", "problem.bad_pincode", nil},
		"devanagari":   {"८००००१", "find.near", []any{"Pincode", "800001", "District", "Patna"}},
		"with_a_space": {"800 001", "find.near", []any{"Pincode", "800001", "District", "Patna"}},
		"neighbour":    {"800002", "find.unknown", []any{"Pincode", "800002", "District", "Patna"}},
		"no_centre":    {"744101", "problem.no_centre", []any{"Pincode", "744101", "District", "South Andaman"}},
	} {
		t.Run(name, func(t *testing.T) {
			b := s.browser()
			b.on(t)
			b.get("/en/find?pincode=" + strings.ReplaceAll(c.typed, " ", "+"))
			b.has("en", c.id, c.values...)
		})
	}
}

func TestHeld_is_answered(t *testing.T) {
	t.Parallel()
	for _, answer := range []string{"yes", "no"} {
		t.Run(answer, func(t *testing.T) {
			s := newSite(t)
			b := s.browser()
			b.login("en", number)
			b.register("en", asha...)
			ref := s.household(number).People[0].Reference
			desk := s.core.Desk(number, booking.SMS, "")
			if _, err := desk.Hold(t.Context(), newID(), ref, s.slots(roomy)[0].ID); err != nil {
				t.Fatal(err)
			}
			b.get("/en/person/" + b.person("en"))
			b.has("en", "keep.yes")
			b.has("en", "family.held", "Day", booking.DateOf(noon()), "Until", "12:30 pm")
			b.send("/keep", "answer", answer)
			live, ok := s.household(number).People[0].Live()
			if answer == "yes" && live.Status != booking.Booked || answer == "no" && ok {
				t.Errorf("after %s: %v %v", answer, live.Status, ok)
			}
		})
	}
}

// TestCertificate: in March 2021 a person of 45 to 59 needed one, and is asked.
func TestCertificate(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.wait(-56 * 24 * time.Hour) // 10 March
	b := s.browser()
	b.login("en", number)
	b.get("/en/new")
	b.has("en", "new.certificate", "Conditions", 20)
	b.send("/new", with(asha, "year", "1970")...)
	b.has("en", "problem.certificate_needed", "Age", 60)
	b.send("/new", append(with(asha, "year", "1970"), "certificate", "yes")...)
	if h := s.household(number); len(h.People) != 1 || !h.People[0].Certificate {
		t.Errorf("registered %+v", h.People)
	}
	b.register("en", append(with(asha, "name", "Ram Lal", "id_last4", "5678"), "certificate", "yes")...)
	if h := s.household(number); h.People[1].Certificate {
		t.Error("kept an illness that nobody needs to know of")
	}
}

// TestStanding goes through the states of a person.
func TestStanding(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	desk := s.core.Desk(number, booking.IVR, "")
	said, err := desk.Register(t.Context(), newID(), booking.Applicant{
		Recording: "recording-1", BirthYear: 1958, Gender: booking.Female, PhotoID: "voter", IDLast4: "1234",
	})
	if err != nil {
		t.Fatal(err)
	}
	b := s.browser()
	b.login("en", number)
	b.has("en", "person.recorded", "Year", "1958") // the name is still to be written down
	b.has("en", "family.free", "Dose", 1)
	slot := s.slots(roomy)[0]
	a, err := desk.Book(t.Context(), newID(), said.Reference, slot.ID)
	if err != nil {
		t.Fatal(err)
	}
	b.get("/en/family")
	b.has("en", "family.booked")
	s.wait(24 * time.Hour)
	b.login("en", number)
	b.get("/en/person/" + b.person("en"))
	b.has("en", "person.fixed") // on the day nothing can be changed
	b.get("/en/cancel/" + b.person("en"))
	b.has("en", "problem.too_late_change", "Day", a.Day)
	if _, err := s.core.Attend(t.Context(), number, a.ID, "staff"); err != nil {
		t.Fatal(err)
	}
	b.get("/en/family")
	b.has("en", "family.due", "Dose", 2, "Day", a.Day+28)
	who := b.person("en")
	b.get(fmt.Sprintf("/en/centre/%d?for=%s", slot.ID.Centre, who))
	b.has("en", "problem.dose_not_due", "Day", a.Day+28)
	b.get("/en/remove/" + who)
	b.send("/remove")
	b.has("en", "problem.vaccinated", "Name", s.say("en", "person.recorded", "Year", "1958"))
}
