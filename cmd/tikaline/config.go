package main

import (
	"cmp"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"tikaline/channel"
	"tikaline/cmd/tikaline/ops"
	"tikaline/exotelapi"
	"tikaline/ivr"
	"tikaline/locales"
	"tikaline/sms"
	"tikaline/twilioapi"
	"tikaline/ussd"
)

// serveCommand is the settings of serve: each once, with its default, help and
// check.
type serveCommand struct {
	ops.Database
	ops.TextNumber

	Twilio twilioapi.Settings `embed:""`
	Exotel exotelapi.Account  `embed:""`
	USSD   ussd.Config        `embed:""`
	SMS    sms.Config         `embed:""`
	Calls  ivr.Config         `embed:""`
	webSettings
	pageSettings
	apiSettings

	Addr      string `env:"TIKALINE_ADDR" default:"127.0.0.1:8080" help:"Address to listen on."`
	PublicURL string `env:"TIKALINE_PUBLIC_URL" help:"The address that providers call, such as https://tika.example.in."`
	Demo      bool   `help:"Demo: private Postgres, demo centres and slots, secret \"demo\", messages delivered to an inbox here."`
	LogLevel  string `env:"TIKALINE_LOG" enum:"debug,info,warn,error" default:"info" help:"How much to log (${enum})."`

	NoticesKept time.Duration `env:"TIKALINE_NOTICES_KEPT" default:"2160h" help:"How long messages are kept once they have come to an end; not below 720h, in which a provider may bring a text again."`

	DLTFile   string `name:"dlt-file" env:"TIKALINE_DLT_FILE" type:"existingfile" help:"CSV file with the DLT template id of every text: tikaline dlt templates. Needed to send within India."`
	DLTEntity string `name:"dlt-entity" env:"TIKALINE_DLT_ENTITY" help:"The principal entity id that the templates are registered under."`

	Proxies []string `env:"TIKALINE_PROXIES" help:"Networks of our own proxies, whose X-Forwarded-For is believed."`

	Language string        `env:"TIKALINE_LANGUAGE" default:"hi" help:"Language for a caller whose own is not known."`
	Refresh  time.Duration `env:"TIKALINE_REFRESH" default:"2s" help:"How often free places are read again for the search."`
	Callers  int           `env:"TIKALINE_CALLERS" default:"2000" help:"Requests worked on at once; beyond it callers hear that we are busy, new ones first."`
}

// proxies returns the networks of our own proxies.
func (c *serveCommand) proxies() (channel.Networks, error) {
	return channel.ParseNetworks(strings.Join(c.Proxies, ","))
}

// check says everything that is wrong at once, so that it is mended at once.
func (c *serveCommand) check() error {
	var wrong []string
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	if !locales.Valid(c.Language) {
		say("TIKALINE_LANGUAGE %q is none of %s", c.Language, strings.Join(locales.Languages, ", "))
	}
	if _, err := c.USSD.Settings(c.Demo); err != nil {
		say("%v", err)
	}
	if err := c.Waits.Check(); err != nil {
		say("%v", err)
	}
	if err := c.checkTexts(); err != nil {
		say("%v", err)
	}
	if err := c.Calls.Check(c.withCalls()); err != nil {
		say("%v", err)
	}
	if _, err := c.registry(); err != nil {
		say("%v", err)
	}
	if _, err := c.keys(); err != nil {
		say("%v", err)
	}
	if _, _, err := c.limits(); err != nil {
		say("%v", err)
	}
	if _, err := c.proxies(); err != nil {
		say("TIKALINE_PROXIES: %v", err)
	}
	if c.Callers < 1 || c.Conns < 2 || c.Writers < 1 {
		say("TIKALINE_CALLERS and TIKALINE_WRITERS must be at least 1, TIKALINE_DB_CONNS at least 2")
	}
	if !c.Demo {
		if u, err := url.Parse(c.PublicURL); c.PublicURL == "" || err != nil || u.Scheme != "https" || u.Host == "" {
			say("TIKALINE_PUBLIC_URL is missing or is not https://host: the address that providers call")
		}
		if len(c.Proxies) == 0 {
			say("TIKALINE_PROXIES is missing: whoever turns https into http for us is then taken for the one who calls, and all share the limits of one address (127.0.0.1/32 on the same machine)")
		}
		secrets := c.USSD.Secrets(c.Demo)
		if len(secrets) == 0 {
			say("no provider has a secret: set TIKALINE_AFRICASTALKING_SECRET, or another provider's (tikaline serve --help)")
		}
		for name, secret := range secrets {
			if err := channel.CheckLength(name, secret); err != nil {
				say("%v", err)
			}
		}
	}
	if len(wrong) > 0 {
		return fmt.Errorf("cannot serve:\n  - %s\nOr try the demo: tikaline serve --demo", strings.Join(wrong, "\n  - "))
	}
	return nil
}

// noticesLeast is how long what was queued is remembered at the least: it is what
// keeps the same from being queued twice.
const noticesLeast = inboundKept

// checkTexts returns what is wrong with the settings of texts.
func (c *serveCommand) checkTexts() error {
	if err := c.TextNumber.Check(); err != nil {
		return err
	}
	if c.NoticesKept != 0 && c.NoticesKept < noticesLeast {
		return fmt.Errorf("TIKALINE_NOTICES_KEPT %v is below %v: the same could be queued twice", c.NoticesKept, noticesLeast)
	}
	if _, err := c.SMS.Routes(c.with()); err != nil {
		return err
	}
	_, _, err := c.SMS.Inbound(c.with())
	return err
}

// with is what the providers of texts share.
func (c *serveCommand) with() sms.With {
	return sms.With{PublicURL: c.PublicURL, Demo: c.Demo, Twilio: c.Twilio, Exotel: c.Exotel}
}

// withCalls is what the providers of calls share. Nobody calls the demo; talk signs
// for who would.
func (c *serveCommand) withCalls() ivr.With {
	w := ivr.With{PublicURL: c.PublicURL, Demo: c.Demo, Twilio: c.Twilio, Exotel: c.Exotel}
	if c.Demo {
		w.PublicURL = cmp.Or(w.PublicURL, ops.DemoPublic)
	}
	return w
}

// level is how much to log. The demo tells a person what it does in plain
// words, and logs only what goes wrong unless it is asked for more.
func (c *serveCommand) level() slog.Level {
	usual := slog.LevelInfo
	if c.Demo {
		usual = slog.LevelWarn
	}
	var l slog.Level
	if err := l.UnmarshalText([]byte(c.LogLevel)); err != nil || l == slog.LevelInfo {
		return usual
	}
	return l
}
