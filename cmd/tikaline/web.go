package main

import (
	"crypto/rand"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"

	"tikaline/booking"
	"tikaline/otp"
	"tikaline/web/access"
)

// webSettings is the settings of who may come in by the web, and how often.
type webSettings struct {
	TokenKeys []string          `env:"TIKALINE_TOKEN_KEYS" help:"Secrets of 32 characters or more that tokens and one-time passwords are made with: the first one makes them, the others still check. The same on every node."`
	OTPTold   []string          `name:"otp-told" env:"TIKALINE_OTP_TOLD" enum:"ussd,ivr,none" default:"ussd,ivr" help:"How a number's owner may be told his one-time password besides by SMS (${enum}). Leave ivr out where callers can choose the number that they show."`
	Limits    map[string]string `env:"TIKALINE_LIMITS" help:"Limits in place of the usual ones, as most/time or most/time/blocked: public=100/5m;calls=300/5m;session=20/15m;searches=1000/24h/24h;asking=100/5m;asking_day=2000/24h;checking=100/5m;wrong=20/15m;number=50/24h/24h;again=1/1m."`
}

// keys are those that are set up; the demo makes one for as long as it runs.
func (c *serveCommand) keys() (otp.Keys, error) {
	secrets := c.TokenKeys
	if len(secrets) == 0 && c.Demo {
		secrets = []string{rand.Text() + rand.Text()}
	}
	keys, err := otp.NewKeys(secrets...)
	if err != nil {
		return keys, fmt.Errorf("TIKALINE_TOKEN_KEYS: %w: make one with  openssl rand -hex 32", err)
	}
	return keys, nil
}

// limits reads TIKALINE_LIMITS.
func (c *serveCommand) limits() (f access.Figures, o otp.Settings, err error) {
	fields := map[string]*access.Limit{
		"public": &f.Public, "calls": &f.Calls, "session": &f.Session, "searches": &f.Searches,
		"asking": &f.Asking, "asking_day": &f.AskingDay, "checking": &f.Checking, "wrong": &f.Wrong,
	}
	for name, raw := range c.Limits {
		l, err := parseLimit(raw)
		switch field := fields[name]; {
		case err != nil:
			return f, o, fmt.Errorf("TIKALINE_LIMITS: %s: %w", name, err)
		case field != nil:
			*field = l
		case name == "number" && l.In == 24*time.Hour:
			o.PerDay, o.Block = l.Most, l.Block
		case name == "again" && l.Most == 1:
			o.Again = l.In
		default:
			return f, o, fmt.Errorf("TIKALINE_LIMITS: %s=%s is no limit of ours: see tikaline serve --help", name, raw)
		}
	}
	return f, o, nil
}

// parseLimit reads most/time or most/time/blocked.
func parseLimit(s string) (access.Limit, error) {
	parts := strings.Split(s, "/")
	if len(parts) != 2 && len(parts) != 3 {
		return access.Limit{}, fmt.Errorf("%q is not most/time, such as 100/5m", s)
	}
	most, err := strconv.Atoi(parts[0])
	if err != nil || most < 1 {
		return access.Limit{}, fmt.Errorf("%q is no number of 1 or more", parts[0])
	}
	l := access.Limit{Most: most}
	for i, into := range []*time.Duration{&l.In, &l.Block} {
		if len(parts) <= i+1 {
			break
		}
		if *into, err = time.ParseDuration(parts[i+1]); err != nil || *into < time.Second {
			return access.Limit{}, fmt.Errorf("%q is no time of a second or more", parts[i+1])
		}
	}
	return l, nil
}

// told is the channels by which one-time passwords are told.
func (c *serveCommand) told() []booking.Channel {
	var list []booking.Channel
	for _, name := range c.OTPTold {
		if ch := booking.Channel(name); slices.Contains([]booking.Channel{booking.USSD, booking.IVR}, ch) {
			list = append(list, ch)
		}
	}
	return list
}

// A webAuth is who may come in by the web, and how often.
type webAuth struct {
	keys          otp.Keys
	codes         *otp.Service
	tokens        *access.Tokens
	limits        *access.Limits
	conversations encryptedStore
}

// newWebAuth makes it, and lets the core tell codes to who dials.
func (s *service) newWebAuth() error {
	keys, err := s.config.keys()
	if err != nil {
		return err
	}
	figures, settings, err := s.config.limits()
	if err != nil {
		return err
	}
	s.webAuth = webAuth{
		keys:   keys,
		tokens: &access.Tokens{Keys: keys, Now: s.world.Now},
		limits: access.NewLimits(figures, keys, s.store.Limits, s.world.Now, s.log),
	}
	if s.conversations, err = newEncryptedStore(s.store.Conversations, keys); err != nil {
		return fmt.Errorf("seal conversations: %w", err)
	}
	s.codes = &otp.Service{Store: s.store.OTP, Keys: keys, Now: s.world.Now, Settings: settings, Limits: s.limits}
	s.core.Codes, s.core.CodesBy = s.codes, s.config.told()
	s.meters.webAuth(&s.webAuth)
	return nil
}

// webAuth counts one-time passwords and refusals.
func (m *meters) webAuth(d *webAuth) {
	codes := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "tikaline_otp_total", Help: "One-time passwords, by what became of an asking, a telling or a try.",
	}, []string{"outcome"})
	m.registry.MustRegister(codes)
	for _, o := range otp.Outcomes {
		codes.WithLabelValues(o)
	}
	d.codes.Observer = func(outcome string) { codes.WithLabelValues(outcome).Inc() }
	m.limits(d.limits.Limits)
}

// serveWeb serves what is reached by the web.
func (s *service) serveWeb(e *echo.Echo) error {
	auth := &access.Auth{Passwords: s.codes, Tokens: s.tokens, Limits: s.limits, Household: s.store.Bookings.Household}
	auth.Register(e.Group("/api/v2/auth"))

	if err := s.serveAPI(e); err != nil {
		return err
	}

	if err := s.serveSpot(e); err != nil {
		return fmt.Errorf("centre page: %w", err)
	}

	return s.servePages(e)
}
