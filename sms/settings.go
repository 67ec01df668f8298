package sms

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"tikaline/booking"
	"tikaline/channel"
	"tikaline/exotelapi"
	"tikaline/outbox"
	"tikaline/twilioapi"
)

// A provider is the settings of one provider, and what it makes of them. The tags
// of its fields name, explain and default them.
type provider interface {
	name() string                           // in settings
	secret(With) string                     // in the addresses given to it; "" where it signs
	uses(With) (in, out bool)               // what it is set up for
	inbound(With) (Adapter, error)          // asked only if in
	outbound(With) (outbox.Provider, error) // asked only if out
}

// Providers is every provider that we have a file for: a new one is its two files
// and a line here.
type Providers struct {
	Kannel  KannelSettings  `embed:""`
	Twilio  TwilioSettings  `embed:""`
	Exotel  ExotelSettings  `embed:""`
	Generic GenericSettings `embed:""`
}

// byName returns the providers by their names in settings.
func (p *Providers) byName() map[string]provider {
	all := make(map[string]provider)
	fields := reflect.ValueOf(p).Elem()
	for i := range fields.NumField() {
		one := fields.Field(i).Addr().Interface().(provider)
		all[one.name()] = one
	}
	return all
}

// With is what the providers' settings share with each other and with calls.
type With struct {
	PublicURL string // what our addresses begin with for a provider; "" is not told
	Sender    string // of a text whose template names no header
	Demo      bool   // providers have the demo's secret
	Twilio    twilioapi.Settings
	Exotel    exotelapi.Account
}

// Config is the settings of the channel, as the program reads them.
type Config struct {
	Providers Providers `embed:""`

	Sender  string            `env:"TIKALINE_SMS_SENDER" help:"Who our texts are from: the registered header, or a number."`
	Order   []string          `env:"TIKALINE_SMS_ORDER" default:"kannel,exotel,generic,twilio" help:"Who carries texts, the first one first; another when one definitely cannot."`
	Rates   map[string]string `env:"TIKALINE_SMS_RATES" help:"Segments a second by provider, from all nodes together: kannel=50;twilio=10. Empty: no limit."`
	Numbers []string          `env:"TIKALINE_SMS_NUMBERS" help:"Our own numbers: a text from one of them is never answered."`
	Allow   map[string]string `name:"sms-allow" env:"TIKALINE_SMS_ALLOW" help:"Networks a provider of SMS may call from, with texts and with reports: kannel=10.1.0.5/32. Empty: any."`
}

// A Carrier is a provider of SMS that is set up: for what comes in, or for what
// goes out, or both; the other is nil.
type Carrier struct {
	In      Adapter
	Out     outbox.Provider
	Reports string // address of its delivery reports; "" where it has none to call
}

// Carriers returns every provider that is set up, by its name in settings, and
// what is wrong with the settings.
func (c *Config) Carriers(w With) (map[string]Carrier, error) {
	w.Sender = c.Sender
	all := make(map[string]Carrier)
	var wrong []error
	providers := c.Providers.byName()
	for _, name := range slices.Sorted(maps.Keys(providers)) {
		k, err := carrier(providers[name], w)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("sms by %s: %w", name, err))
		}
		if k.In != nil || k.Out != nil {
			all[name] = k
		}
	}
	return all, errors.Join(wrong...)
}

func carrier(p provider, w With) (k Carrier, err error) {
	in, out := p.uses(w)
	if in {
		if k.In, err = p.inbound(w); err != nil {
			return Carrier{}, err
		}
		if w.PublicURL != "" {
			k.Reports = strings.TrimSuffix(w.PublicURL, "/") + "/sms/" + url.PathEscape(k.In.Name())
			if s := p.secret(w); s != "" {
				k.Reports += "/" + url.PathEscape(s)
			}
			k.Reports += "/status"
		}
	}
	if out {
		if k.Out, err = p.outbound(w); err != nil {
			return Carrier{}, err
		}
	}
	return k, nil
}

// Inbound returns the adapters that Register serves, and the networks that each
// may call from.
func (c *Config) Inbound(w With) ([]Adapter, channel.Allowed, error) {
	all, err := c.Carriers(w)
	if err != nil {
		return nil, nil, err
	}
	set, err := channel.ParseAllowed("TIKALINE_SMS_ALLOW", c.Allow, slices.Sorted(maps.Keys(c.Providers.byName())))
	if err != nil {
		return nil, nil, err
	}
	var adapters []Adapter
	allow := make(channel.Allowed)
	for name, k := range all {
		if k.In != nil {
			adapters = append(adapters, k.In)
			allow[k.In.Name()] = set[name] // a described one has a name of its own
		}
	}
	return adapters, allow, nil
}

// Routes returns who carries texts, in order.
func (c *Config) Routes(w With) ([]outbox.Route, error) {
	all, err := c.Carriers(w)
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
		if k.Out == nil {
			continue
		}
		r := outbox.Route{Provider: k.Out, Medium: medium}
		if raw, ok := c.Rates[name]; ok {
			if _, err := fmt.Sscanf(raw, "%g", &r.Rate); err != nil || r.Rate <= 0 {
				return nil, fmt.Errorf("TIKALINE_SMS_RATES: %s: %q is no number of segments a second", name, raw)
			}
		}
		if k.Reports != "" {
			r.Report = func(token string) string { return k.Reports + "?" + url.Values{TokenField: {token}}.Encode() }
		}
		routes = append(routes, r)
	}
	return routes, nil
}

// Indian returns the first provider in order that hands our texts to networks
// from within India, which drop what is not registered; "" where none does.
// Twilio sends from abroad, where no ids are asked for, or under ids that it was
// given when the sender was registered: its API has no field for them.
func (c *Config) Indian(w With) string {
	providers := c.Providers.byName()
	for _, name := range c.Order {
		if p := providers[name]; p != nil && name != twilioName {
			if _, out := p.uses(w); out {
				return name
			}
		}
	}
	return ""
}

// Answers reports whether anybody can write to us.
func (c *Config) Answers(w With) bool {
	for _, p := range c.Providers.byName() {
		if in, _ := p.uses(w); in {
			return true
		}
	}
	return false
}

// Own returns our own numbers, with the one that citizens text; a short code is
// nobody's phone.
func (c *Config) Own(textTo string) ([]booking.MSISDN, error) {
	var own []booking.MSISDN
	for _, raw := range c.Numbers {
		n, err := booking.ParseMSISDN(raw)
		if err != nil {
			return nil, fmt.Errorf("TIKALINE_SMS_NUMBERS: %q is not an Indian mobile number", raw)
		}
		own = append(own, n)
	}
	if n, err := booking.ParseMSISDN(textTo); err == nil {
		own = append(own, n)
	}
	return own, nil
}
