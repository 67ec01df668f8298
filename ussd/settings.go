package ussd

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"tikaline/channel"
	"tikaline/locales"
)

// A Provider is one provider: its adapter, and what it reads from the program's
// settings. The tags of its fields name, explain and default them.
type Provider interface {
	Adapter

	// secret is in the URL given to the provider; "" is not served.
	secret() string
}

// A preparer is a Provider that makes something of its settings before it is
// served, and says what is wrong with them.
type preparer interface{ prepare() error }

// Providers is every provider that we have a file for: a new one is its two
// files and a line here. Any other name needs a GenericConfig.
type Providers struct {
	AfricasTalking africasTalking `embed:""`
	Flares         flares         `embed:""`
	IMImobile      imiMobile      `embed:""`
	Infobip        infobip        `embed:""`
	Hubtel         hubtel         `embed:""`
	TruRoute       truRoute       `embed:""`
	Generic        generic        `embed:""`
}

// byName returns the providers by their names in addresses and settings.
func (p *Providers) byName() map[string]Provider {
	all := make(map[string]Provider)
	fields := reflect.ValueOf(p).Elem()
	for i := range fields.NumField() {
		one := fields.Field(i).Addr().Interface().(Provider)
		all[one.Name()] = one
	}
	return all
}

// names lists the providers, sorted.
func names() []string { return slices.Sorted(maps.Keys(new(Providers).byName())) }

// Config is the settings of the channel, as the program reads them.
type Config struct {
	Providers Providers `embed:""`

	Codes map[string]string `env:"TIKALINE_USSD_CODES" help:"Service codes by provider, each with the language it stands for or none: flares=*384*100#,*384*101#:hi;hubtel=*713#. What is dialled behind a code walks the screens; other codes get 404. Empty: any code."`
	Allow map[string]string `env:"TIKALINE_USSD_ALLOW" help:"Networks a provider may call from: hubtel=52.50.116.54/32,10.1.0.0/16. Empty: any."`

	Budgets  map[string]string `env:"TIKALINE_USSD_BUDGETS" help:"Screen sizes by provider, as septets/units: flares=182/80;infobip=160/70. Default 150/60."`
	Deadline time.Duration     `env:"TIKALINE_USSD_DEADLINE" default:"4s" help:"A USSD reply that takes longer says that we are busy."`
}

// Secrets returns the secrets of the providers that are served, by name. The demo
// serves all.
func (c *Config) Secrets(demo bool) map[string]string {
	all := make(map[string]string)
	for name, p := range c.Providers.byName() {
		if s := channel.SecretOf(p.secret(), demo); s != "" {
			all[name] = s
		}
	}
	return all
}

// Settings returns what Register needs of each provider that is served, and what
// is wrong with the settings.
func (c *Config) Settings(demo bool) (map[string]Settings, error) {
	allow, err := channel.ParseAllowed("TIKALINE_USSD_ALLOW", c.Allow, names())
	if err != nil {
		return nil, err
	}
	for setting, set := range map[string]map[string]string{"TIKALINE_USSD_CODES": c.Codes, "TIKALINE_USSD_BUDGETS": c.Budgets} {
		if err := channel.CheckNames(setting, set, names()); err != nil {
			return nil, err
		}
	}
	all := make(map[string]Settings)
	providers := c.Providers.byName()
	for name, secret := range c.Secrets(demo) {
		s := Settings{Secret: secret, Allow: allow[name], Codes: parseCodes(c.Codes[name]), Provider: providers[name]}
		if raw, ok := c.Budgets[name]; ok {
			if s.Budget, err = parseBudget(raw); err != nil {
				return nil, fmt.Errorf("TIKALINE_USSD_BUDGETS: %s: %w", name, err)
			}
		}
		if p, ok := s.Provider.(preparer); ok {
			if err := p.prepare(); err != nil {
				return nil, err
			}
		}
		all[name] = s
	}
	return all, nil
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

// parseCodes reads service codes, each with the language it stands for or none:
// *384*100#,*384*101#:hi.
func parseCodes(list string) map[string]string {
	all := make(map[string]string)
	for s := range strings.SplitSeq(list, ",") {
		if code, lang, _ := strings.Cut(strings.TrimSpace(s), ":"); code != "" {
			all[code] = lang
		}
	}
	return all
}
