package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"

	"tikaline/booking"
	"tikaline/channel"
	"tikaline/cmd/tikaline/ops"
	"tikaline/dialog"
	"tikaline/ivr"
	"tikaline/ivr/audio"
)

// answering is the settings of IVR: who brings calls, what is heard, and when
// there are agents.
type answering struct {
	Voices     map[string]string `name:"ivr-voices" env:"TIKALINE_IVR_VOICES" help:"Twilio's voice of each language: hi=Polly.Kajal-Neural;bn=Google.bn-IN-Wavenet-A. Empty: those."`
	AudioDir   string            `name:"audio-dir" env:"TIKALINE_AUDIO_DIR" type:"existingdir" help:"Directory of own recordings of what is said (tikaline audio). What is not recorded is read out by a voice."`
	Music      string            `name:"ivr-music" env:"TIKALINE_IVR_MUSIC" help:"Address of what is heard while waiting for an agent, https://…; empty: silence between the words."`
	Missed     []string          `name:"ivr-missed" env:"TIKALINE_IVR_MISSED" help:"Our numbers that take only missed calls: a call to one is rejected, and we call back."`
	Agents     string            `name:"ivr-agents" env:"TIKALINE_IVR_AGENTS" help:"When agents are there, in India: 09:00-18:00. Empty: never; who asks for a person is called back."`
	DaysOff    []string          `name:"ivr-days-off" env:"TIKALINE_IVR_DAYS_OFF" help:"Days without agents: sunday."`
	Queue      string            `name:"ivr-queue" env:"TIKALINE_IVR_QUEUE" default:"tikaline" help:"Name of the agents' queues at Twilio; the language follows it: tikaline-hi."`
	Phones     []string          `name:"ivr-agent-phones" env:"TIKALINE_IVR_AGENT_PHONES" help:"Agents' telephones, for Exotel, which has no queue to put callers in."`
	Wait       time.Duration     `name:"ivr-wait" env:"TIKALINE_IVR_WAIT" default:"10m" help:"Who waits longer for an agent is called back."`
	Patience   time.Duration     `name:"ivr-deadline" env:"TIKALINE_IVR_DEADLINE" default:"8s" help:"An answer to a call that takes longer says that we are busy; providers wait 15s."`
	ExotelForm string            `env:"TIKALINE_EXOTEL_FORM" enum:"exoml,applets" default:"exoml" help:"How the Exotel account asks about calls (${enum})."`
}

// hours is when there are agents.
func (c *serveCommand) hours() (ivr.Hours, error) {
	var h ivr.Hours
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

// minuteOf is the minute of a day; 24:00 ends it.
func minuteOf(clock string) (int, error) {
	if clock == "24:00" {
		return 24 * 60, nil
	}
	t, err := time.Parse("15:04", clock)
	return t.Hour()*60 + t.Minute(), err
}

// publicURL is what our addresses begin with for a provider.
func (c *serveCommand) publicURL() string {
	if c.PublicURL == "" && c.Demo {
		return ops.DemoPublic
	}
	return c.PublicURL
}

// exchanges is every provider of calls that is set up. The demo has both, with
// the secret "demo".
func (c *serveCommand) exchanges() ([]ivr.Adapter, error) {
	var all []ivr.Adapter
	twilio := ivr.TwilioSettings{
		PublicURL: c.publicURL(), AuthTokens: c.TwilioTokens, AccountSID: c.TwilioAccount, Voices: c.Voices, Missed: c.Missed, Queue: c.Queue,
	}
	if twilio.AccountSID == "" && c.Demo {
		twilio.AuthTokens, twilio.AccountSID = []string{"demo"}, "demo"
	}
	if twilio.AccountSID != "" {
		a, err := ivr.NewTwilio(twilio)
		if err != nil {
			return nil, fmt.Errorf("calls by twilio: %w", err)
		}
		all = append(all, a)
	}
	if secret := c.demoSecret(c.Exotel); secret != "" {
		a, err := ivr.NewExotel(ivr.ExotelSettings{
			PublicURL: c.publicURL(), Secret: secret, Form: ivr.ExotelForm(c.ExotelForm), Missed: c.Missed, Phones: c.Phones, CallerID: c.CallsFrom["exotel"],
		})
		if err != nil {
			return nil, fmt.Errorf("calls by exotel: %w", err)
		}
		all = append(all, a)
	}
	return all, nil
}

// checkAnswering says what is wrong with the settings of calls that come in.
func (c *serveCommand) checkAnswering() error {
	_, err1 := c.hours()
	_, err2 := c.exchanges()
	if !c.Demo && c.Exotel != "" && len(c.Exotel) < channel.MinSecret { // nothing else keeps others from posing as it
		err2 = errors.Join(err2, fmt.Errorf("the secret of exotel is shorter than %d characters: make one with  openssl rand -hex 24", channel.MinSecret))
	}
	return errors.Join(err1, err2, c.checkWaits())
}

// patienceMost leaves time, within a provider's 15 s, for noting that we call
// back and for the way there.
const patienceMost = 12 * time.Second

// checkWaits says what is wrong with how long is waited, with what is heard
// meanwhile, and with what is not waited for at all.
func (c *serveCommand) checkWaits() error {
	if c.Patience <= 0 || c.Patience > patienceMost {
		return fmt.Errorf("TIKALINE_IVR_DEADLINE: %s is not more than 0 and at most %s", c.Patience, patienceMost)
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

// serveCalls serves what providers ask about calls, and what they play.
func (s *service) serveCalls(e *echo.Echo) error {
	hours, err := s.config.hours()
	if err != nil {
		return err
	}
	all, err := s.config.exchanges()
	if err != nil {
		return err
	}
	names := s.player()
	gw := &ivr.Gateway{
		Conversations: &dialog.Conversations{Store: s.sealed, Now: s.world.Now},
		Engine:        dialog.New(newID),
		Desk:          func(n booking.MSISDN) dialog.Core { return s.calls.Desk(s.core.Desk(n, booking.IVR, "")) },
		Calls:         s.calls,
		Words:         s.words,
		Now:           s.world.Now,
		DefaultLang:   s.config.Language,
		Deadline:      s.config.Patience,
		Hours:         hours,
		Wait:          s.config.Wait,
		Music:         s.config.Music,
		Recording:     names.URL,
		Admit:         channel.NewAdmission(s.config.Callers).Enter,
		Observer:      newCallMeters(s.meters, all),
	}
	if s.config.AudioDir != "" {
		recordings, faults, err := audio.Open(os.DirFS(s.config.AudioDir), func(lang, id string) (string, bool) { return ivr.Script(s.words, lang, id) })
		if err != nil {
			return fmt.Errorf("TIKALINE_AUDIO_DIR: %w", err)
		}
		for _, f := range faults {
			s.log.Warn("a recording is not played", "recording", f.String())
		}
		gw.Voice = recordings
		e.Match([]string{http.MethodGet, http.MethodHead}, audio.Prefix+"*", echo.WrapHandler(recordings)) // open: what everybody hears
	}
	if err := gw.Check(); err != nil {
		return fmt.Errorf("ivr: %w", err)
	}
	names.Register(e) // GET /ivr/name/{id}/{signature}: good for one recorded name
	return ivr.Register(e, gw, all)
}

// callMeters counts what happens on the line.
type callMeters struct {
	*meters
	unanswered *prometheus.CounterVec
}

func newCallMeters(m *meters, providers []ivr.Adapter) *callMeters {
	c := &callMeters{m, prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "tikaline_unanswered_total", Help: "Questions put on the telephone that got silence, or a wrong answer.",
	}, []string{"dialogue", "step", "why"})}
	m.registry.MustRegister(c.unanswered)
	for _, p := range providers {
		for _, o := range ivr.Outcomes {
			m.requests.WithLabelValues("ivr", p.Name(), string(o))
		}
		m.seconds.WithLabelValues("ivr", p.Name())
	}
	return c
}

// Unanswered counts a question that got silence, or a wrong answer.
func (c *callMeters) Unanswered(flow, step string, why ivr.Why) {
	if flow == "" {
		flow, step = "end", "end"
	}
	c.unanswered.WithLabelValues(flow, step, string(why)).Inc()
}
