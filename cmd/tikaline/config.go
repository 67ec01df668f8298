package main

import (
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"tikaline/cmd/tikaline/ops"
	"tikaline/locales"
	"tikaline/ussd"
)

// serveCommand is the settings of serve: each once, with its default, help and
// check.
type serveCommand struct {
	ops.Database
	texts
	callSettings
	answering
	webSettings
	pageSettings
	apiSettings

	Addr      string `env:"TIKALINE_ADDR" default:"127.0.0.1:8080" help:"Address to listen on."`
	PublicURL string `env:"TIKALINE_PUBLIC_URL" help:"The address that providers call, such as https://tika.example.in."`
	Demo      bool   `help:"Demo: private Postgres, demo centres and slots, secret \"demo\", messages delivered to an inbox here."`
	LogLevel  string `env:"TIKALINE_LOG" enum:"debug,info,warn,error" default:"info" help:"How much to log (${enum})."`

	Africastalking string `env:"TIKALINE_AFRICASTALKING_SECRET" help:"Secret in the URL given to Africa's Talking. Empty: it is not served."`
	Flares         string `env:"TIKALINE_FLARES_SECRET" help:"The same, given to a Comviva Flares gateway (Airtel and others)."`
	FlaresUser     string `env:"TIKALINE_FLARES_USER" help:"User name that Flares sends; empty: not checked."`
	FlaresPassword string `env:"TIKALINE_FLARES_PASSWORD" help:"Password that Flares sends."`
	Imimobile      string `env:"TIKALINE_IMIMOBILE_SECRET" help:"The same, given to IMImobile."`
	Infobip        string `env:"TIKALINE_INFOBIP_SECRET" help:"The same, given to Infobip."`
	Hubtel         string `env:"TIKALINE_HUBTEL_SECRET" help:"The same, given to Hubtel."`
	Truroute       string `env:"TIKALINE_TRUROUTE_SECRET" help:"The same, given to TruRoute."`
	Generic        string `env:"TIKALINE_GENERIC_SECRET" help:"The same, given to the provider that TIKALINE_GENERIC_FILE describes."`
	GenericFile    string `env:"TIKALINE_GENERIC_FILE" type:"existingfile" help:"JSON description of another provider's requests and replies. Empty: the form described in the README."`

	DLTFile   string `name:"dlt-file" env:"TIKALINE_DLT_FILE" type:"existingfile" help:"CSV file with the DLT template id of every text: tikaline dlt templates. Needed to send within India."`
	DLTEntity string `name:"dlt-entity" env:"TIKALINE_DLT_ENTITY" help:"The principal entity id that the templates are registered under."`

	Codes   map[string]string `env:"TIKALINE_USSD_CODES" help:"Service codes by provider, each with the language it stands for or none: flares=*384*100#,*384*101#:hi;hubtel=*713#. What is dialled behind a code walks the screens; other codes get 404. Empty: any code."`
	Allow   map[string]string `env:"TIKALINE_USSD_ALLOW" help:"Networks a provider may call from: hubtel=52.50.116.54/32,10.1.0.0/16. Empty: any."`
	Proxies []string          `env:"TIKALINE_PROXIES" help:"Networks of our own proxies, whose X-Forwarded-For is believed."`

	Budgets  map[string]string `env:"TIKALINE_USSD_BUDGETS" help:"Screen sizes by provider, as septets/units: flares=182/80;infobip=160/70. Default 150/60."`
	Language string            `env:"TIKALINE_LANGUAGE" default:"hi" help:"Language for a caller whose own is not known."`
	Deadline time.Duration     `env:"TIKALINE_USSD_DEADLINE" default:"4s" help:"A USSD reply that takes longer says that we are busy."`
	Refresh  time.Duration     `env:"TIKALINE_REFRESH" default:"2s" help:"How often free places are read again for the search."`
	Callers  int               `env:"TIKALINE_CALLERS" default:"2000" help:"Requests worked on at once; beyond it callers hear that we are busy, new ones first."`
}

// secretMin is the shortest secret taken outside the demo.
const secretMin = 16

// secrets are the providers' secrets by name.
func (c *serveCommand) secrets() map[string]string {
	all := map[string]string{
		"africastalking": c.Africastalking, "flares": c.Flares, "imimobile": c.Imimobile, "infobip": c.Infobip,
		"hubtel": c.Hubtel, "truroute": c.Truroute, "generic": c.Generic,
	}
	for name, secret := range all {
		if secret == "" && c.Demo {
			all[name] = "demo"
		} else if secret == "" {
			delete(all, name)
		}
	}
	return all
}

// check says everything that is wrong at once, so that it is mended at once.
func (c *serveCommand) check() error {
	var wrong []string
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	if !locales.Valid(c.Language) {
		say("TIKALINE_LANGUAGE %q is none of %s", c.Language, strings.Join(locales.Languages, ", "))
	}
	if _, err := c.ussdSettings(); err != nil {
		say("%v", err)
	}
	if err := c.Waits.Check(); err != nil {
		say("%v", err)
	}
	if _, err := c.textRoutes(); err != nil {
		say("%v", err)
	}
	if err := c.checkCalls(); err != nil {
		say("%v", err)
	}
	if err := c.checkAnswering(); err != nil {
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
	if _, err := networks(strings.Join(c.Proxies, ",")); err != nil {
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
		if len(c.secrets()) == 0 {
			say("no provider has a secret: set TIKALINE_AFRICASTALKING_SECRET, or another provider's (tikaline serve --help)")
		}
		for name, secret := range c.secrets() {
			if len(secret) < secretMin {
				say("the secret of %s is shorter than %d characters: make one with  openssl rand -hex 24", name, secretMin)
			}
		}
	}
	if len(wrong) > 0 {
		return fmt.Errorf("cannot serve:\n  - %s\nOr try the demo: tikaline serve --demo", strings.Join(wrong, "\n  - "))
	}
	return nil
}

// parseBudget reads septets/units within what a USSD string can hold.
func parseBudget(s string) (locales.Budget, error) {
	var b locales.Budget
	if n, err := fmt.Sscanf(s, "%d/%d", &b.Septets, &b.Units); n != 2 || err != nil ||
		b.Septets < 60 || b.Septets > 182 || b.Units < 40 || b.Units > 80 {
		return b, fmt.Errorf("%q is not septets/units with 60-182 septets and 40-80 units, such as 150/60", s)
	}
	return b, nil
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

// networks reads addresses with the length of their network.
func networks(list string) ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, s := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' }) {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, fmt.Errorf("%q is no network such as 10.1.0.0/16", s)
		}
		all = append(all, p)
	}
	return all, nil
}

// codes reads service codes, each with the language it stands for or none.
func codes(list string) map[string]string {
	all := make(map[string]string)
	for _, s := range strings.Split(list, ",") {
		if code, lang, _ := strings.Cut(strings.TrimSpace(s), ":"); code != "" {
			all[code] = lang
		}
	}
	return all
}

// ussdSettings is how each provider of USSD reaches us.
func (c *serveCommand) ussdSettings() (map[string]ussd.Settings, error) {
	all := make(map[string]ussd.Settings)
	for name, secret := range c.secrets() {
		s := ussd.Settings{Secret: secret, Codes: codes(c.Codes[name])}
		var err error
		if s.Allow, err = networks(c.Allow[name]); err != nil {
			return nil, fmt.Errorf("TIKALINE_USSD_ALLOW: %s: %w", name, err)
		}
		if b, ok := c.Budgets[name]; ok {
			if s.Budget, err = parseBudget(b); err != nil {
				return nil, fmt.Errorf("TIKALINE_USSD_BUDGETS: %s: %w", name, err)
			}
		}
		switch name {
		case "flares":
			s.User, s.Password = c.FlaresUser, c.FlaresPassword
		case "generic":
			if s.Generic, err = c.generic(); err != nil {
				return nil, err
			}
		}
		all[name] = s
	}
	for what, named := range map[string]map[string]string{"CODES": c.Codes, "ALLOW": c.Allow, "BUDGETS": c.Budgets} {
		for name := range named {
			if !slices.Contains(ussd.Providers(), name) {
				return nil, fmt.Errorf("TIKALINE_USSD_%s: %q is none of %s", what, name, strings.Join(ussd.Providers(), ", "))
			}
		}
	}
	return all, nil
}

// generic is the provider that TIKALINE_GENERIC_FILE describes; nil is the
// form that the README describes.
func (c *serveCommand) generic() (*ussd.GenericConfig, error) {
	if c.GenericFile == "" {
		return nil, nil
	}
	f, err := os.Open(c.GenericFile)
	if err != nil {
		return nil, fmt.Errorf("TIKALINE_GENERIC_FILE: %w", err)
	}
	defer f.Close()
	described, err := ussd.ParseGeneric(f)
	if err != nil {
		return nil, fmt.Errorf("TIKALINE_GENERIC_FILE %s: %w", c.GenericFile, err)
	}
	return &described, nil
}
