package ivr

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"

	"tikaline/channel"
	"tikaline/exotelapi"
	"tikaline/outbox"
	"tikaline/twilioapi"
)

// A provider is the settings of one provider, and what it makes of them. The tags
// of its fields name, explain and default them.
type provider interface {
	name() string
	inbound(With) (a Adapter, set bool, err error)
	outbound(With) (outbox.Provider, error) // asked only if there is a number to call from
	recordings(With) (s Source, set bool, err error)
}

// Providers is every provider that we have a file for: a new one is its two files
// and a line here.
type Providers struct {
	Twilio TwilioSettings `embed:""`
	Exotel ExotelSettings `embed:""`
}

// byName returns the providers by their names in settings and addresses.
func (p *Providers) byName() map[string]provider {
	all := make(map[string]provider)
	fields := reflect.ValueOf(p).Elem()
	for i := range fields.NumField() {
		one := fields.Field(i).Addr().Interface().(provider)
		all[one.name()] = one
	}
	return all
}

// With is what the providers' settings share with each other and with texts.
type With struct {
	PublicURL string // what our addresses begin with for a provider
	Demo      bool   // providers have the demo's secret
	Twilio    twilioapi.Settings
	Exotel    exotelapi.Account

	// What Config fills in.
	missed []string          // our numbers that take only missed calls
	from   map[string]string // our number that a call of ours shows, by provider
}

// Config is the settings of the channel, as the program reads them: who brings
// calls and makes ours, what is heard, and when there are agents.
type Config struct {
	Providers Providers `embed:""`

	AudioDir string            `name:"audio-dir" env:"TIKALINE_AUDIO_DIR" type:"existingdir" help:"Directory of own recordings of what is said (tikaline audio). What is not recorded is read out by a voice."`
	Music    string            `name:"ivr-music" env:"TIKALINE_IVR_MUSIC" help:"Address of what is heard while waiting for an agent, https://…; empty: silence between the words."`
	Missed   []string          `name:"ivr-missed" env:"TIKALINE_IVR_MISSED" help:"Our numbers that take only missed calls: a call to one is rejected, and we call back."`
	Agents   string            `name:"ivr-agents" env:"TIKALINE_IVR_AGENTS" help:"When agents are there, in India: 09:00-18:00. Empty: never; who asks for a person is called back."`
	DaysOff  []string          `name:"ivr-days-off" env:"TIKALINE_IVR_DAYS_OFF" help:"Days without agents: sunday."`
	Wait     time.Duration     `name:"ivr-wait" env:"TIKALINE_IVR_WAIT" default:"10m" help:"Who waits longer for an agent is called back."`
	Deadline time.Duration     `name:"ivr-deadline" env:"TIKALINE_IVR_DEADLINE" default:"8s" help:"An answer to a call that takes longer says that we are busy; providers wait 15s."`
	Allow    map[string]string `name:"ivr-allow" env:"TIKALINE_IVR_ALLOW" help:"Networks a provider of calls may call from, about calls and with what became of them: exotel=52.50.116.0/24. Empty: any."`

	From  map[string]string `name:"calls-from" env:"TIKALINE_CALLS_FROM" help:"Our number that a call back shows, by provider: exotel=08012345678;twilio=+15005550006. Empty: nobody is called; what is asked for waits."`
	Order []string          `name:"calls-order" env:"TIKALINE_CALLS_ORDER" default:"exotel,twilio" help:"Who makes calls, the first one first; another when one definitely cannot."`
	Rate  float64           `name:"calls-rate" env:"TIKALINE_CALLS_RATE" default:"1" help:"Calls begun a second, by each provider, from all nodes together."`
	Most  int               `name:"calls-most" env:"TIKALINE_CALLS_MOST" default:"20" help:"Calls that we have made and that last, at once, on all nodes: as many as agents and lines can take."`
}

// with fills in what providers are told of the channel.
func (c *Config) with(w With) With {
	w.missed, w.from = c.Missed, c.From
	return w
}

// Inbound returns the adapters that Register serves, and the networks that each
// may call from.
func (c *Config) Inbound(w With) ([]Adapter, channel.Allowed, error) {
	providers := c.Providers.byName()
	names := slices.Sorted(maps.Keys(providers))
	allow, err := channel.ParseAllowed("TIKALINE_IVR_ALLOW", c.Allow, names)
	if err != nil {
		return nil, nil, err
	}
	var all []Adapter
	for _, name := range names {
		a, set, err := providers[name].inbound(c.with(w))
		if err != nil {
			return nil, nil, fmt.Errorf("calls by %s: %w", name, err)
		}
		if set {
			all = append(all, a)
		}
	}
	return all, allow, nil
}

// Diallers returns who makes our calls, in order.
func (c *Config) Diallers(w With) ([]Dialler, error) {
	for name := range c.From {
		if !slices.Contains(c.Order, name) {
			return nil, fmt.Errorf("TIKALINE_CALLS_FROM: %q is none of TIKALINE_CALLS_ORDER: %s", name, strings.Join(c.Order, ", "))
		}
	}
	if len(c.From) > 0 && (c.Rate <= 0 || c.Most < 1) {
		return nil, errors.New("TIKALINE_CALLS_RATE must be more than 0, TIKALINE_CALLS_MOST at least 1")
	}
	providers := c.Providers.byName()
	var list []Dialler
	for _, name := range c.Order {
		if providers[name] == nil {
			return nil, fmt.Errorf("TIKALINE_CALLS_ORDER: %q makes no calls: %s do", name, strings.Join(slices.Sorted(maps.Keys(providers)), " and "))
		}
		if c.From[name] == "" {
			continue
		}
		p, err := providers[name].outbound(c.with(w))
		if err != nil {
			return nil, fmt.Errorf("calls by %s: %w", name, err)
		}
		list = append(list, Dialler{Provider: p, Wire: name})
	}
	return list, nil
}

// Sources returns where recordings are, of the providers that are set up, by the
// names that events go by.
func (c *Config) Sources(w With) (Sources, error) {
	all := make(Sources)
	var wrong []error
	for name, p := range c.Providers.byName() {
		s, set, err := p.recordings(c.with(w))
		wrong = append(wrong, err)
		if set {
			all[name] = s
		}
	}
	return all, errors.Join(wrong...)
}

// deadlineMost leaves time, within a provider's 15 s, for noting that we call
// back and for the way there.
const deadlineMost = 12 * time.Second

// Check returns what is wrong with the settings.
func (c *Config) Check(w With) error {
	_, err1 := c.Hours()
	_, _, err2 := c.Inbound(w)
	_, err3 := c.Diallers(w)
	return errors.Join(err1, err2, err3, c.checkWaits())
}

// checkWaits returns what is wrong with how long is waited, with what is heard
// meanwhile, and with what is not waited for at all.
func (c *Config) checkWaits() error {
	if c.Deadline <= 0 || c.Deadline > deadlineMost {
		return fmt.Errorf("TIKALINE_IVR_DEADLINE: %s is not more than 0 and at most %s", c.Deadline, deadlineMost)
	}
	if c.Wait <= 0 {
		return fmt.Errorf("TIKALINE_IVR_WAIT: %s is no time to wait", c.Wait)
	}
	if u, err := url.Parse(c.Music); c.Music != "" && (err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http") {
		return fmt.Errorf("TIKALINE_IVR_MUSIC: %q is no address, such as https://…/music.mp3", c.Music)
	}
	for _, number := range c.Missed {
		if !strings.ContainsAny(number, "0123456789") {
			return fmt.Errorf("TIKALINE_IVR_MISSED: %q is no number", number)
		}
	}
	return nil
}

// Hours returns when there are agents.
func (c *Config) Hours() (Hours, error) {
	var h Hours
	for _, name := range c.DaysOff {
		day := slices.IndexFunc(weekdays, func(d time.Weekday) bool { return strings.EqualFold(d.String(), strings.TrimSpace(name)) })
		if day < 0 {
			return h, fmt.Errorf("TIKALINE_IVR_DAYS_OFF: %q is no day of the week, such as sunday", name)
		}
		h.Off = append(h.Off, weekdays[day])
	}
	if c.Agents == "" {
		return h, nil
	}
	from, to, _ := strings.Cut(c.Agents, "-")
	var err1, err2 error
	h.From, err1 = minuteOf(from)
	h.To, err2 = minuteOf(to)
	if err1 != nil || err2 != nil || h.From >= h.To {
		return h, fmt.Errorf("TIKALINE_IVR_AGENTS: %q is not from-to within a day, such as 09:00-18:00", c.Agents)
	}
	return h, nil
}

var weekdays = []time.Weekday{time.Sunday, time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday}

// minuteOf returns the minute of a day; 24:00 ends it.
func minuteOf(clock string) (int, error) {
	if clock == "24:00" {
		return 24 * 60, nil
	}
	t, err := time.Parse("15:04", clock)
	return t.Hour()*60 + t.Minute(), err
}
