package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"tikaline/calls"
	"tikaline/ivr"
	"tikaline/outbox"
)

// callSettings is the settings of the calls that we make, to call people back.
type callSettings struct {
	CallsFrom     map[string]string `env:"TIKALINE_CALLS_FROM" help:"Our number that a call back shows, by provider: exotel=08012345678;twilio=+15005550006. Empty: nobody is called; what is asked for waits."`
	CallsOrder    []string          `env:"TIKALINE_CALLS_ORDER" default:"exotel,twilio" help:"Who makes calls, the first one first; another when one definitely cannot."`
	CallsRate     float64           `env:"TIKALINE_CALLS_RATE" default:"1" help:"Calls begun a second, by each provider."`
	CallsMost     int               `env:"TIKALINE_CALLS_MOST" default:"20" help:"Calls that we have made and that last, at once, on all nodes: as many as agents and lines can take."`
	CallsApp      string            `env:"TIKALINE_CALLS_EXOTEL_APP" help:"Id of the flow at Exotel that a call back goes through, and that asks us."`
	CallsMachines bool              `env:"TIKALINE_CALLS_MACHINES" help:"Have Twilio tell answering machines from people: costs more, and the line is silent meanwhile."`
}

// callBackRule is how calls back are treated by the outbox. Nobody is called at
// night. One of which nobody knows whether it was made is not made again at once:
// where nothing is heard of it, the next attempt comes hours later.
var callBackRule = outbox.Rule{Validity: 6 * time.Hour, Quiet: true}

// twilioCalls and exotelCalls are how they are asked for calls.
func (c *serveCommand) twilioCalls() ivr.TwilioCallSettings {
	s := ivr.TwilioCallSettings{
		PublicURL: c.PublicURL, AccountSID: c.TwilioAccount, Key: c.TwilioAccount, From: c.CallsFrom["twilio"], BaseURL: c.TwilioURL, Machines: c.CallsMachines,
	}
	if len(c.TwilioTokens) > 0 {
		s.KeySecret = c.TwilioTokens[0]
	}
	return s
}

func (c *serveCommand) exotelCalls() ivr.ExotelCallSettings {
	return ivr.ExotelCallSettings{
		PublicURL: c.PublicURL, Secret: c.demoSecret(c.Exotel), AccountSID: c.ExotelAccount, Key: c.ExotelKey, Token: c.ExotelToken,
		CallerID: c.CallsFrom["exotel"], App: c.CallsApp, BaseURL: c.ExotelURL,
	}
}

// diallers is who makes our calls, in order.
func (c *serveCommand) diallers() ([]ivr.Dialler, error) {
	known := map[string]func() (outbox.Provider, error){
		"twilio": func() (outbox.Provider, error) { return ivr.NewTwilioCaller(c.twilioCalls()) },
		"exotel": func() (outbox.Provider, error) { return ivr.NewExotelCaller(c.exotelCalls()) },
	}
	for name := range c.CallsFrom {
		if !slices.Contains(c.CallsOrder, name) {
			return nil, fmt.Errorf("TIKALINE_CALLS_FROM: %q is none of TIKALINE_CALLS_ORDER: %s", name, strings.Join(c.CallsOrder, ", "))
		}
	}
	if len(c.CallsFrom) > 0 && (c.CallsRate <= 0 || c.CallsMost < 1) {
		return nil, errors.New("TIKALINE_CALLS_RATE must be more than 0, TIKALINE_CALLS_MOST at least 1")
	}
	var list []ivr.Dialler
	for _, name := range c.CallsOrder {
		if known[name] == nil {
			return nil, fmt.Errorf("TIKALINE_CALLS_ORDER: %q makes no calls: exotel and twilio do", name)
		}
		if c.CallsFrom[name] == "" {
			continue
		}
		p, err := known[name]()
		if err != nil {
			return nil, fmt.Errorf("calls by %s: %w", name, err)
		}
		list = append(list, ivr.Dialler{Provider: p, Wire: name})
	}
	return list, nil
}

// checkCalls says what is wrong with the settings of calls that we make.
func (c *serveCommand) checkCalls() error {
	_, err := c.diallers()
	return err
}

// callRoutes is who makes our calls. Each is noted as it begins.
func (s *service) callRoutes() ([]outbox.Route, error) {
	list, err := s.config.diallers()
	if err != nil {
		return nil, err
	}
	routes := make([]outbox.Route, len(list))
	for i, d := range list {
		d.Began, d.Log = s.calls.Began, s.log
		routes[i] = outbox.Route{Provider: d, Medium: "call", Rate: s.config.CallsRate}
	}
	return routes, nil
}

// freeLines is how many more calls we may make now; none where that cannot be
// told.
func (s *service) freeLines(ctx context.Context) int {
	n, err := s.calls.CallCapacity(ctx, s.config.CallsMost)
	if err != nil {
		if ctx.Err() == nil {
			s.log.Error("counting calls failed", "err", err)
		}
		return 0
	}
	return n
}

// sources is where recordings are, of the providers that are set up.
func (c *serveCommand) sources() (map[string]ivr.Source, error) {
	all := map[string]ivr.Source{}
	var err1, err2 error
	if c.TwilioAccount != "" {
		all["twilio"], err1 = ivr.TwilioRecordings(c.twilioCalls())
	}
	if c.ExotelAccount != "" {
		all["exotel"], err2 = ivr.ExotelRecordings(c.exotelCalls())
	}
	return all, errors.Join(err1, err2)
}

// player plays recorded names to callers: ours, and until it is fetched the
// provider's own.
func (s *service) player() *ivr.Player {
	return &ivr.Player{Key: s.reports.Key, Find: s.store.Calls.Recording, Copy: func(r calls.Recording) string {
		all, err := s.config.sources()
		source, known := all[r.Provider]
		if err != nil || !known {
			return ""
		}
		address, ok := source.Audio(r)
		if !ok {
			return ""
		}
		// Of an address that asks for a password nothing would be heard. Twilio
		// plays its own to whoever has the address.
		if u, err := url.Parse(address); err != nil || source.Trusted != nil && source.Trusted(u) {
			return ""
		}
		return address
	}}
}

// unheardEvery is how often calls are looked for of which nothing was heard.
const unheardEvery = 15 * time.Second

// keepCalls does what calls leave behind, until ctx ends: it looks after calls
// back of which nothing was heard, fetches recordings, and forgets. It is not
// the keeper's work, and fetching is not that of the rest: a provider that is
// slow must make neither the search old nor anybody wait for a call.
func (s *service) keepCalls(ctx context.Context) {
	var fetching sync.WaitGroup
	fetching.Go(func() { s.fetchNames(ctx) })
	defer fetching.Wait()
	k := &keeper{log: s.log}
	var looked, forgot time.Time
	s.often(ctx, func() {
		if now := s.core.Now(); now.Sub(looked) >= unheardEvery {
			k.inBatches(ctx, "calls back that were not heard of", s.calls.Unheard)
			looked = now
		}
		if now := s.core.Now(); now.Sub(forgot) >= expireEvery {
			k.inBatches(ctx, "calls without an end", s.calls.LoseCalls)
			k.inBatches(ctx, "recordings forgotten", s.calls.ForgetRecordings)
			k.inBatches(ctx, "hand-overs forgotten", s.calls.ForgetHandOvers)
			k.inBatches(ctx, "calls forgotten", func(ctx context.Context, limit int) (int, error) {
				return s.store.Calls.ForgetCalls(ctx, s.core.Now().AddDate(-1, 0, 0), limit)
			})
			forgot = now
		}
	})
}

// fetchNames fetches recordings, and has providers delete theirs.
func (s *service) fetchNames(ctx context.Context) {
	sources, err := s.config.sources()
	if err != nil { // checked where calls are answered; nothing else waits for it
		s.log.Error("recorded names are not fetched", "err", err)
	}
	f := &ivr.Fetcher{Store: s.store.Calls, Rules: s.calls, Sources: sources, Now: s.core.Now, Log: s.log}
	k := &keeper{log: s.log}
	s.often(ctx, func() {
		k.inBatches(ctx, "recordings fetched or deleted", func(ctx context.Context, _ int) (int, error) {
			n, err := f.FetchRecordings(ctx)
			return min(n, expireBatch-1), err // it does all there is to do
		})
	})
}

// often does something now and every Refresh, until ctx ends.
func (s *service) often(ctx context.Context, do func()) {
	tick := time.NewTicker(s.config.Refresh)
	defer tick.Stop()
	for {
		do()
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
