package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"tikaline/booking"
	"tikaline/channel"
	"tikaline/cmd/tikaline/ops"
	"tikaline/dialog"
	"tikaline/outbox"
	"tikaline/sms"
)

// texts is the settings of SMS: what comes in, and who carries what goes out.
type texts struct {
	ops.TextNumber

	Kannel         string `env:"TIKALINE_KANNEL_SECRET" help:"Secret in the addresses given to Kannel. Empty: texts from it are not served; the same for the next."`
	KannelURL      string `env:"TIKALINE_KANNEL_URL" help:"Kannel's sendsms: http://127.0.0.1:13013/cgi-bin/sendsms. Empty: nothing is sent by it."`
	KannelUser     string `env:"TIKALINE_KANNEL_USER" help:"User of sendsms."`
	KannelPassword string `env:"TIKALINE_KANNEL_PASSWORD" help:"Password of sendsms."`

	KannelSMSC        string `env:"TIKALINE_KANNEL_SMSC" help:"Kannel's connection (smsc-id) to send by. Empty: Kannel chooses."`
	KannelTemplateTLV string `env:"TIKALINE_KANNEL_TEMPLATE_TLV" default:"dlt_template_id" help:"What Kannel's group smpp-tlv calls the DLT template id."`
	KannelEntityTLV   string `env:"TIKALINE_KANNEL_ENTITY_TLV" help:"What it calls the DLT entity id. Empty: a const= there says it."`

	TwilioAccount string   `env:"TIKALINE_TWILIO_ACCOUNT" help:"Twilio's account SID. Empty: Twilio is not used."`
	TwilioTokens  []string `env:"TIKALINE_TWILIO_TOKENS" help:"Twilio's auth token; two while one takes the other's place."`
	TwilioFrom    string   `env:"TIKALINE_TWILIO_FROM" help:"Sender with Twilio."`
	TwilioURL     string   `env:"TIKALINE_TWILIO_URL" help:"Twilio's API. Empty: its own."`

	Exotel        string `env:"TIKALINE_EXOTEL_SECRET" help:"Secret in the addresses given to Exotel."`
	ExotelAccount string `env:"TIKALINE_EXOTEL_ACCOUNT" help:"Exotel's account SID. Empty: nothing is sent by it."`
	ExotelKey     string `env:"TIKALINE_EXOTEL_KEY" help:"Exotel's API key."`
	ExotelToken   string `env:"TIKALINE_EXOTEL_TOKEN" help:"Exotel's API token."`
	ExotelURL     string `env:"TIKALINE_EXOTEL_URL" help:"Exotel's API. Empty: its own."`

	TextGeneric     string `env:"TIKALINE_SMS_GENERIC_SECRET" help:"Secret in the addresses given to the provider that TIKALINE_SMS_GENERIC_FILE describes."`
	TextGenericFile string `env:"TIKALINE_SMS_GENERIC_FILE" type:"existingfile" help:"JSON description of another provider of SMS, both ways."`

	Sender  string            `env:"TIKALINE_SMS_SENDER" help:"Who our texts are from: the registered header, or a number."`
	Order   []string          `env:"TIKALINE_SMS_ORDER" default:"kannel,exotel,generic,twilio" help:"Who carries texts, the first one first; another when one definitely cannot."`
	Rates   map[string]string `env:"TIKALINE_SMS_RATES" help:"Segments a second by provider: kannel=50;twilio=10. Empty: no limit."`
	Numbers []string          `env:"TIKALINE_SMS_NUMBERS" help:"Our own numbers: a text from one of them is never answered."`

	NoticesKept time.Duration `env:"TIKALINE_NOTICES_KEPT" default:"2160h" help:"How long messages are kept once they have come to an end; not below 720h, in which a provider may bring a text again."`
}

// noticesLeast is how long what was owed is remembered at the least: it is what
// keeps the same from being owed twice.
const noticesLeast = inboundKept

// A carrier is a provider of SMS that is set up: for what comes in, or for
// what goes out, or both.
type carrier struct {
	in  sms.Adapter
	out outbox.Provider
}

// carriers is every provider of SMS that is set up, by name.
func (c *serveCommand) carriers() (map[string]carrier, error) {
	all := make(map[string]carrier)
	add := func(name string, in func() (sms.Adapter, error), out func() (outbox.Provider, error)) error {
		var k carrier
		var err error
		if in != nil {
			if k.in, err = in(); err != nil {
				return fmt.Errorf("sms by %s: %w", name, err)
			}
		}
		if out != nil {
			if k.out, err = out(); err != nil {
				return fmt.Errorf("sms by %s: %w", name, err)
			}
		}
		if in != nil || out != nil {
			all[name] = k
		}
		return nil
	}
	kannel := sms.KannelSettings{Secret: c.demoSecret(c.Kannel), URL: c.KannelURL, User: c.KannelUser, Password: c.KannelPassword, From: c.Sender,
		SMSC: c.KannelSMSC, TemplateTLV: c.KannelTemplateTLV, EntityTLV: c.KannelEntityTLV}
	twilio := sms.TwilioSettings{
		PublicURL: c.PublicURL, AuthTokens: c.TwilioTokens, AccountSID: c.TwilioAccount, From: c.TwilioFrom, BaseURL: c.TwilioURL,
	}
	exotel := sms.ExotelSettings{
		Secret: c.demoSecret(c.Exotel), AccountSID: c.ExotelAccount, Key: c.ExotelKey, Token: c.ExotelToken, From: c.Sender, BaseURL: c.ExotelURL,
	}
	generic := sms.GenericSettings{Secret: c.TextGeneric, From: c.Sender}
	if c.TextGenericFile != "" {
		f, err := os.Open(c.TextGenericFile)
		if err != nil {
			return nil, fmt.Errorf("TIKALINE_SMS_GENERIC_FILE: %w", err)
		}
		defer f.Close()
		if generic.Config, err = sms.ParseGeneric(f); err != nil {
			return nil, fmt.Errorf("TIKALINE_SMS_GENERIC_FILE %s: %w", c.TextGenericFile, err)
		}
	}
	err := errors.Join(
		add("kannel",
			when(kannel.Secret != "", func() (sms.Adapter, error) { return sms.NewKannel(kannel) }),
			when(kannel.URL != "", func() (outbox.Provider, error) { return sms.NewKannelSender(kannel) })),
		add("exotel",
			when(exotel.Secret != "", func() (sms.Adapter, error) { return sms.NewExotel(exotel) }),
			when(exotel.AccountSID != "", func() (outbox.Provider, error) { return sms.NewExotelSender(exotel) })),
		add("twilio",
			when(c.TwilioAccount != "", func() (sms.Adapter, error) { return sms.NewTwilio(twilio) }),
			when(c.TwilioAccount != "", func() (outbox.Provider, error) { return sms.NewTwilioSender(twilio) })),
		add("generic",
			when(c.TextGenericFile != "" && generic.Secret != "", func() (sms.Adapter, error) { return sms.NewGeneric(generic) }),
			when(c.TextGenericFile != "", func() (outbox.Provider, error) { return sms.NewGenericSender(generic) })),
	)
	return all, err
}

// when is f if there is reason for it.
func when[T any](reason bool, f func() (T, error)) func() (T, error) {
	if !reason {
		return nil
	}
	return f
}

// demoSecret is the secret, which the demo has for every provider.
func (c *serveCommand) demoSecret(secret string) string {
	if secret == "" && c.Demo {
		return "demo"
	}
	return secret
}

// textRoutes is who carries texts, in order.
func (c *serveCommand) textRoutes() ([]outbox.Route, error) {
	if err := c.TextNumber.Check(); err != nil {
		return nil, err
	}
	if c.NoticesKept != 0 && c.NoticesKept < noticesLeast {
		return nil, fmt.Errorf("TIKALINE_NOTICES_KEPT %v is below %v: the same could be owed twice", c.NoticesKept, noticesLeast)
	}
	all, err := c.carriers()
	if err != nil {
		return nil, err
	}
	for name := range c.Rates {
		if !slices.Contains(c.Order, name) {
			return nil, fmt.Errorf("TIKALINE_SMS_RATES: %q is none of TIKALINE_SMS_ORDER", name)
		}
	}
	var routes []outbox.Route
	for _, name := range c.Order {
		k := all[name]
		if k.out == nil {
			continue
		}
		r := outbox.Route{Provider: k.out, Medium: "sms"}
		if raw, ok := c.Rates[name]; ok {
			if _, err := fmt.Sscanf(raw, "%g", &r.Rate); err != nil || r.Rate <= 0 {
				return nil, fmt.Errorf("TIKALINE_SMS_RATES: %s: %q is no number of segments a second", name, raw)
			}
		}
		if base := c.statusURL(name); base != "" {
			r.Report = func(token string) string { return base + "?" + url.Values{sms.TokenField: {token}}.Encode() }
		}
		routes = append(routes, r)
	}
	return routes, nil
}

// statusURL is where a provider reports what became of a text.
func (c *serveCommand) statusURL(name string) string {
	base := strings.TrimSuffix(c.PublicURL, "/") + "/sms/" + name
	secret := map[string]string{"kannel": c.demoSecret(c.Kannel), "exotel": c.demoSecret(c.Exotel), "generic": c.TextGeneric}[name]
	switch {
	case c.PublicURL == "", name != "twilio" && secret == "":
		return ""
	case secret != "":
		base += "/" + url.PathEscape(secret)
	}
	return base + "/status"
}

// texting is the SMS channel over the core.
func (s *service) texting() (*sms.Gateway, error) {
	own, err := sms.OwnTexts(s.words)
	if err != nil {
		return nil, fmt.Errorf("sms: %w", err)
	}
	keywords, err := sms.LoadKeywords(own...)
	if err != nil {
		return nil, fmt.Errorf("sms: %w", err)
	}
	gw := &sms.Gateway{
		Conversations: &dialog.Conversations{Store: s.store.Conversations, Inbox: s.store.Conversations, Now: s.world.Now},
		Engine:        dialog.New(newID),
		Desk:          func(n booking.MSISDN) dialog.Core { return s.calls.Desk(s.core.Desk(n, booking.SMS, "")) },
		Line:          func(n booking.MSISDN) sms.Waitlist { return s.calls.Desk(s.core.Desk(n, booking.SMS, "")) },
		Words:         s.words,
		Keywords:      keywords,
		Now:           s.world.Now,
		DefaultLang:   s.config.Language,
		Kept:          s.core.Waits.Hold,
		Admit:         channel.NewAdmission(s.config.Callers).Enter,
		Observer:      s.meters,
		Log:           s.log,
	}
	for _, raw := range s.config.Numbers {
		n, err := booking.ParseMSISDN(raw)
		if err != nil {
			return nil, fmt.Errorf("TIKALINE_SMS_NUMBERS: %q is not an Indian mobile number", raw)
		}
		gw.Own = append(gw.Own, n)
	}
	if n, err := booking.ParseMSISDN(s.config.TextTo); err == nil { // a short code is nobody's phone
		gw.Own = append(gw.Own, n)
	}
	return gw, gw.Check()
}

// serveTexts serves what comes in by SMS, and the reports on what went out.
func (s *service) serveTexts(e *echo.Echo) error {
	gw, err := s.texting()
	if err != nil {
		return err
	}
	all, err := s.config.carriers()
	if err != nil {
		return err
	}
	var in []sms.Adapter
	for _, k := range all {
		if k.in != nil {
			in = append(in, k.in)
		}
	}
	return sms.Register(e, gw, s, in)
}

// Reported notes what a provider says became of a text, and that nothing more
// is wanted where that is why.
func (s *service) Reported(ctx context.Context, r sms.Report) error {
	status, ok := map[sms.ReportStatus]outbox.Status{
		sms.Sent: outbox.Sent, sms.Delivered: outbox.Delivered, sms.Failed: outbox.Failed, sms.Stopped: outbox.Failed,
	}[r.Status]
	if !ok {
		return nil
	}
	return s.reports.Report(ctx, r.Token, outbox.Report{Provider: r.Provider, Status: status, ProviderID: r.ProviderID, Code: r.Code, Stopped: r.Status == sms.Stopped})
}
