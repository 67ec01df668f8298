package pages

import (
	"net/http"
	"net/netip"
	"strings"
	"time"

	"tikaline/booking"
	"tikaline/locales"
	"tikaline/otp"
)

// ours reports whether the pages are in a language.
func ours(lang string) bool {
	for _, l := range languages {
		if l == lang {
			return true
		}
	}
	return false
}

// language shows the first page, which asks for the language. A visitor who has
// chosen one before goes on.
func (v *visit) language() error {
	v.c.Response().Header().Set("Vary", "Cookie, Accept-Language")
	lang, chosen := v.preferred()
	v.lang = lang
	if chosen {
		return v.see("/")
	}
	if !ours(lang) {
		v.lang = locales.Hindi
	}
	type choice struct{ Tag, Name, What string }
	var list []choice
	for _, l := range languages {
		name, err := v.Words.Text(l, "web", "option.language."+l, nil)
		if err != nil {
			return err
		}
		what, err := v.Words.Text(l, "web", "site.what", nil)
		if err != nil {
			return err
		}
		list = append(list, choice{l, name, what})
	}
	return v.show("language", list)
}

func (v *visit) toStart() error { return v.see("/") }
func (v *visit) toCode() error  { return v.see("/code") }

// start asks for the number.
func (v *visit) start() error {
	if v.session.Number != "" {
		return v.see("/family")
	}
	return v.show("start", struct {
		Wanted    bool // a page that needs the number
		NoCookies bool
		Dial      string
	}{v.session.Next != "", v.here() == noCookies && v.read(cookieLanguage) == "", v.Dial})
}

// ask sends a code to the number. The answer is the same whether the number is
// registered or not: it is not looked up before the code is right.
func (v *visit) ask() error {
	typed := cut(v.c.FormValue("number"), 60) // more is no number, and would be too much to show again
	number, err := booking.ParseMSISDN(locales.Fold(typed))
	if err != nil {
		return v.seeProblem("/", "number", err, map[string]string{"number": typed})
	}
	txn, err := v.Passwords.AskOnce(v.ctx, v.once("ask", string(number)), number, otp.ForPages, v.address())
	if r, ok := otp.AsRefusal(err); ok {
		if r.Reason == otp.AlreadySent && v.session.Asked == number {
			return v.see("/code") // the button was pressed twice
		}
		return v.seeRefusal("/", "number", r, map[string]string{"number": typed})
	}
	if err != nil {
		return err
	}
	v.session.Asked, v.session.Txn = number, txn
	return v.see("/code")
}

// again sends another code.
func (v *visit) again() error {
	if v.session.Asked == "" {
		return v.see("/")
	}
	txn, err := v.Passwords.AskOnce(v.ctx, v.once("again", string(v.session.Asked)), v.session.Asked, otp.ForPages, v.address())
	if r, ok := otp.AsRefusal(err); ok {
		return v.seeRefusal("/code", "code", r, nil)
	}
	if err != nil {
		return err
	}
	v.session.Txn = txn
	return v.seeSaid("/code", "code.sent_again")
}

// address returns the address that a request comes from.
func (v *visit) address() netip.Addr {
	a, _ := netip.ParseAddr(v.c.RealIP()) // all malformed addresses count as one
	return a
}

// seeRefusal is see with the reason why there is no code, or why it is wrong.
func (v *visit) seeRefusal(path, field string, r *otp.Refusal, form map[string]string) error {
	text, err := v.text("otp."+string(r.Reason), map[string]any{
		"Seconds": int(r.After/time.Second) + 1, "Minutes": int(r.After/time.Minute) + 1, "Count": r.Left,
	})
	if err != nil {
		return err
	}
	v.said(flash{Path: path, Problems: []problem{{field, text}}, Form: form})
	return v.see(path)
}

// code asks for the code.
func (v *visit) code() error {
	switch {
	case v.session.Number != "":
		return v.see("/family")
	case v.session.Asked == "":
		return v.see("/")
	}
	return v.show("code", struct{ Tail, Dial, Call string }{v.session.Asked.Tail(), v.Dial, v.Call})
}

// enter checks the code and begins a session of its number.
func (v *visit) enter() error {
	if v.session.Asked == "" {
		return v.see("/")
	}
	digits := locales.Digits(v.c.FormValue("code"))
	if len(digits) != 6 {
		return v.seeProblem("/code", "code", booking.Refuse(booking.DigitsWanted, "Min", 6, "Max", 6), nil)
	}
	number, err := v.check(digits)
	if r, ok := otp.AsRefusal(err); ok {
		return v.seeRefusal("/code", "code", r, nil)
	}
	if err != nil {
		return err
	}
	v.login(number)
	v.desk = v.Calls.Desk(v.Core.Desk(number, booking.Web, ""))
	home, err := v.desk.Household(v.ctx)
	if err != nil {
		return err
	}
	if err := v.remembered(home); err != nil {
		return err
	}
	next := "/family"
	if v.session.Next != "" {
		next, v.session.Next = v.session.Next, ""
	}
	return v.see(next)
}

// check returns the number whose code it is. The attempts of an address are
// limited.
func (v *visit) check(digits string) (booking.MSISDN, error) {
	done, wait, ok := v.Guard.Checking(v.address())
	if !ok {
		return "", &otp.Refusal{Reason: otp.TooMany, After: wait}
	}
	hash := otp.Hash(digits)
	number, err := v.Passwords.CheckOnce(v.ctx, v.once("check", hash), v.session.Txn, hash)
	_, refused := otp.AsRefusal(err)
	done(refused)
	return number, err
}

// remembered saves the language of the page for the messages that we send. A
// household that reads it in Latin letters on an old phone keeps those.
func (v *visit) remembered(home booking.Household) error {
	if locales.Native(home.Language) == v.lang {
		return nil
	}
	return v.desk.Speak(v.ctx, v.lang)
}

// speak changes the language of the page, and of the messages that we send.
func (v *visit) speak() error {
	if err := v.remembered(v.home); err != nil {
		return err
	}
	back := v.c.FormValue("back")
	if !strings.HasPrefix(back, "/") || strings.HasPrefix(back, "//") || strings.Contains(back, `\`) {
		back = "/family"
	}
	return v.see(back)
}

// out ends the session, also for a copy of its cookie.
func (v *visit) out() error {
	if v.session.ID != "" {
		v.Guard.Leave(v.session.ID)
	}
	v.session, v.was = session{}, session{}
	v.c.SetCookie(v.cookie(cookieSession, "", -time.Second))
	text, err := v.text("start.left", nil)
	if err != nil {
		return err
	}
	v.said(flash{Path: "/", Done: text})
	return v.c.Redirect(http.StatusSeeOther, "/"+v.lang+"/")
}
