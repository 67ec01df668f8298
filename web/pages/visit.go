package pages

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tikaline/booking"
	"tikaline/calls"
	"tikaline/locales"
)

// A visit is one request: its session, its language, and what to show.
type visit struct {
	*Pages
	c    echo.Context
	ctx  context.Context
	now  time.Time
	lang string

	session, was session
	flash        flash

	desk *calls.Desk       // of the number that has logged in
	home booking.Household // as read at the start
}

// here returns the page's address behind its language.
func (v *visit) here() string {
	return strings.TrimPrefix(v.c.Request().URL.RequestURI(), "/"+v.lang)
}

// see redirects the browser to another page of the language. It always follows
// a form that did its work, so that neither back nor reload sends the form
// again.
func (v *visit) see(path string) error {
	v.save()
	return v.c.Redirect(http.StatusSeeOther, "/"+v.lang+path)
}

// seeSaid is see with a message to show there.
func (v *visit) seeSaid(path, id string, values ...any) error {
	text, err := v.text(id, pairs(values))
	if err != nil {
		return err
	}
	v.said(flash{Path: path, Done: text})
	return v.see(path)
}

// seeProblem is see with the Problem to show there; an err that is no Problem
// is a fault of ours.
func (v *visit) seeProblem(path, field string, err error, form map[string]string) error {
	p, ok := booking.AsProblem(err)
	if !ok {
		return err
	}
	text, err := v.worded(p)
	if err != nil {
		return err
	}
	v.said(flash{Path: path, Problems: []problem{{field, text}}, Form: form})
	return v.see(path)
}

// noCookies is the first form for a browser that sent no cookie at all: if it
// sends none there either, it keeps none, and the page says so.
const noCookies = "/?cookies=none"

// stale answers a form that has grown old: the page is shown once more, after
// a login where that is needed.
func (v *visit) stale() error {
	path := v.here()
	text, err := v.text("stale.form", nil)
	if err != nil {
		return err
	}
	if path == "/" && v.read(cookieSession) == "" && v.read(cookieLanguage) == "" {
		path = noCookies
	}
	f := flash{Path: path, Problems: []problem{{Text: text}}}
	if v.c.Path() == "/"+v.lang+"/new" {
		f.Form = v.typed()
	}
	v.said(f)
	return v.see(path)
}

// refused answers a page that cannot be shown for a reason that the citizen can
// do something about.
func (v *visit) refused(p *booking.Problem) error {
	if v.c.Response().Committed {
		return nil
	}
	status := http.StatusConflict
	if p.Code == booking.Busy {
		status = http.StatusServiceUnavailable
	}
	text, err := v.worded(p)
	if err != nil {
		return err
	}
	return v.render(status, "refused", text)
}

// text is words of the pages.
func (v *visit) text(id string, values map[string]any) (string, error) {
	return v.Words.Text(v.lang, "web", id, values)
}

// worded returns a Problem in words.
func (v *visit) worded(p *booking.Problem) (string, error) {
	args := make(map[string]any, len(p.Args))
	for k, a := range p.Args {
		args[k] = a
	}
	return v.text("problem."+string(p.Code), args)
}

// pairs are values given as name, value, name, value.
func pairs(list []any) map[string]any {
	m := make(map[string]any, len(list)/2)
	for i := 0; i+1 < len(list); i += 2 {
		m[list[i].(string)] = list[i+1]
	}
	return m
}

// A phrase is a value that is itself a message, with values.
type phrase struct {
	id   string
	data map[string]any
}

// Phrase returns its id and values.
func (p phrase) Phrase() (string, map[string]any) { return p.id, p.data }

// called returns how a page calls a person: by name or, where that is recorded
// and not yet written down, by the year of birth.
func called(b booking.Beneficiary) any {
	if b.Name == "" {
		return phrase{"person.recorded", map[string]any{"Year": strconv.Itoa(b.BirthYear)}}
	}
	return b.Name
}

// A clock is a time of day.
type clock time.Time

// Clock returns its minute.
func (c clock) Clock() int {
	t := time.Time(c).In(booking.India)
	return t.Hour()*60 + t.Minute()
}

// A view is what a template sees.
type view struct {
	*visit
	D    any // of the page
	Name string
}

// Lang returns the page's language.
func (w view) Lang() string { return w.lang }

// T is words of the page, with their values as name, value.
func (w view) T(id string, values ...any) (string, error) { return w.text(id, pairs(values)) }

// Vaccine returns a vaccine as people write it; the wire has capitals.
func (w view) Vaccine(name string) (string, error) {
	s, err := w.text("vaccine."+strings.ToLower(strings.ReplaceAll(name, " ", "_")), nil)
	if errors.Is(err, locales.ErrNoText) {
		return name, nil // new, and not yet worded
	}
	return s, err
}

// Day returns a day in full: there is room for it here.
func (w view) Day(d booking.Date) string {
	y, m, n := d.Civil()
	return locales.FormatDate(w.lang, true, y, m, n)
}

// Window returns a time of day, from and to.
func (w view) Window(t booking.Window) string {
	return locales.FormatWindow(w.lang, false, int(t.From), int(t.To))
}

// Called returns what a person is called.
func (w view) Called(b booking.Beneficiary) (string, error) {
	if b.Name != "" {
		return b.Name, nil
	}
	return w.text("person.recorded", map[string]any{"Year": strconv.Itoa(b.BirthYear)})
}

// Of returns the view of a part of the page.
func (w view) Of(d any) view {
	w.D = d
	return w
}

// Year returns a year: not a number with a comma in it.
func (w view) Year(y int) string { return strconv.Itoa(y) }

// Grouped returns a reference id as people read it out: 4711 0815 0000 17.
func (w view) Grouped(ref string) string {
	var groups []string
	for len(ref) > 4 {
		groups, ref = append(groups, ref[:4]), ref[4:]
	}
	return strings.Join(append(groups, ref), " ")
}

// Short returns a centre's name in the page's language.
func (w view) Short(c booking.Centre) string {
	if s := c.Short.In(w.lang); s != "" {
		return s
	}
	return c.Name
}

// Who returns the handle that names a person in an address.
func (w view) Who(b booking.Beneficiary) string { return w.handle(b) }

// In returns an address in the page's language.
func (w view) In(path string) string { return "/" + w.lang + path }

// Token returns a form's; see sent.
func (w view) Token() string { return w.token() }

// Request returns a fresh id for a form that must have one effect.
func (w view) Request() string { return uuid.NewString() }

// Known reports whether somebody is logged in.
func (w view) Known() bool { return w.session.Number != "" }

// Minutes returns after how many minutes without use a login ends.
func (w view) Minutes() int { return int(idle / time.Minute) }

// CSS and Icon are addresses.
func (w view) CSS() string { return w.looks.cssPath }

// Icon returns the icon's address.
func (w view) Icon() string { return w.looks.iconPath }

// Languages returns all of them, each with this page's address in it.
func (w view) Languages() []language {
	list := make([]language, len(languages))
	for i, l := range languages {
		list[i] = language{Tag: l, Path: "/" + l + w.here(), Here: l == w.lang}
	}
	return list
}

// Back is this page's address behind its language.
func (w view) Back() string { return w.here() }

// A language is one to switch to.
type language struct {
	Tag, Path string
	Here      bool
}

// Problems returns what was wrong with the form that was sent.
func (w view) Problems() []problem { return w.flash.Problems }

// Done returns the message of what was done.
func (w view) Done() string { return w.flash.Done }

// Wrong returns what was wrong with a field, "" where nothing was.
func (w view) Wrong(field string) string {
	for _, p := range w.flash.Problems {
		if p.Field == field {
			return p.Text
		}
	}
	return ""
}

// First reports whether the field is the first one with a problem: it gets the
// focus.
func (w view) First(field string) bool {
	return len(w.flash.Problems) > 0 && w.flash.Problems[0].Field == field
}

// Typed returns what was typed into a field of the form that was wrong.
func (w view) Typed(field string) string { return w.flash.Form[field] }

// query makes an address with values, those that are "" left out.
func query(path string, values ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(values); i += 2 {
		if values[i+1] != "" {
			q.Set(values[i], values[i+1])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// render writes a page.
func (v *visit) render(status int, name string, data any) error {
	v.readFlash()
	body, err := v.looks.page(name, view{visit: v, D: data, Name: name})
	if err != nil {
		return fmt.Errorf("page %s in %s: %w", name, v.lang, err)
	}
	v.save()
	return v.c.HTMLBlob(status, body)
}

// show is render with status 200.
func (v *visit) show(name string, data any) error { return v.render(http.StatusOK, name, data) }

// once returns the request id of a form as it was shown to this session and
// filled in: sent twice, before the first answer has come, it counts as sent
// once. Nobody else can make that id.
func (v *visit) once(what ...string) uuid.UUID {
	sum := sha256.Sum256([]byte(strings.Join(append(what, v.session.ID, v.session.Txn.String(), v.c.FormValue("csrf")), "\n")))
	return uuid.UUID(sum[:16])
}

// request returns the request id of a form that was sent. The values of the
// form are part of it: a visitor who goes back, changes the form and sends it
// again asks for something else.
func (v *visit) request(what ...string) uuid.UUID {
	id, err := uuid.Parse(v.c.FormValue("request"))
	if err != nil {
		id = uuid.New()
	}
	return uuid.NewSHA1(id, []byte(strings.Join(what, "\n")))
}
