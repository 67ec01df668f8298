package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/calls"
	"tikaline/channel"
	"tikaline/cmd/tikaline/ops"
	"tikaline/dialog"
	"tikaline/limits"
	"tikaline/locales"
	"tikaline/outbox"
	"tikaline/postgres"
	"tikaline/ussd"
)

// stopRequests is how long a graceful stop waits for requests.
const stopRequests = 10 * time.Second

// Run serves until ctx ends, then finishes what it has acknowledged.
func (c *serveCommand) Run(ctx context.Context, w ops.World) (err error) {
	s, closeAll, err := c.open(ctx, w)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeAll(ctx)) }()
	return s.run(ctx)
}

// open makes a service of the settings, on an open database. closeAll closes it.
func (c *serveCommand) open(ctx context.Context, w ops.World) (_ *service, closeAll func(context.Context) error, err error) {
	if err := c.check(); err != nil {
		return nil, nil, err
	}
	log := slog.New(slog.NewJSONHandler(w.Err, &slog.HandlerOptions{Level: c.level()}))
	programme, err := c.ReadProgramme()
	if err != nil {
		return nil, nil, err
	}
	words, err := locales.Default()
	if err != nil {
		return nil, nil, fmt.Errorf("read words: %w", err)
	}
	if c.Demo {
		fmt.Fprintln(w.Out, "Starting the demo (the first time takes some seconds):\n  a database")
	}
	m := newMeters(c.USSD.Secrets(c.Demo))
	db, err := c.Open(ctx, postgres.Options{Registerer: m.registry, Log: log, Now: w.Now})
	if err != nil {
		return nil, nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, db.Close(ctx))
		}
	}()
	m.pool(db.Store.Stat)
	if c.Demo {
		if err := c.prepareDemo(ctx, db.Store, w); err != nil {
			return nil, nil, err
		}
	}
	core, err := db.Core(ctx, programme, w.Now)
	if err != nil {
		return nil, nil, err
	}
	key, err := db.Store.Outbox.ReportKey(ctx)
	if err != nil {
		return nil, nil, err
	}
	s := &service{
		config: c, world: w, log: log, words: words, store: db.Store, core: core, calls: &calls.Service{Store: db.Store.Calls, Now: w.Now}, meters: m, inbox: newInbox(),
		reports: &outbox.Reports{Store: db.Store.Outbox, Key: key, Now: w.Now},
	}
	if c.Demo {
		if s.demoPassword, err = putDemoStaff(ctx, db.Store, w); err != nil {
			return nil, nil, fmt.Errorf("staff for the demo: %w", err)
		}
	}
	if err := s.newWebAuth(); err != nil {
		return nil, nil, err
	}
	return s, db.Close, nil
}

// A service is what a serving program is made of.
type service struct {
	config *serveCommand
	world  ops.World
	log    *slog.Logger
	words  *locales.Catalogue
	store  *postgres.Store
	core   *booking.Core
	calls  *calls.Service
	meters *meters
	inbox  *inbox

	reports *outbox.Reports
	webAuth
	slips
	apologies channel.Apologies // of channels whose errors come from outside their handlers, too
	signIns   *limits.Limits    // of centres' staff

	demoPassword string // of demoStaff
}

// gateway is the USSD channel over the core.
func (s *service) gateway() *ussd.Gateway {
	return &ussd.Gateway{
		Conversations: &dialog.Conversations{Store: s.conversations, Now: s.world.Now},
		Engine:        dialog.New(newID),
		Desk:          func(n booking.MSISDN) dialog.Core { return s.calls.Desk(s.core.Desk(n, booking.USSD, "")) },
		Words:         s.words,
		Now:           s.world.Now,
		DefaultLang:   s.config.Language,
		Deadline:      s.config.USSD.Deadline,
		Admit:         channel.NewAdmission(s.config.Callers).Enter,
		Observer:      s.meters,
	}
}

// newID is the request id of a run of a dialogue. Without randomness nothing
// is safe to do, and uuid says so loudly.
func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

func (s *service) run(ctx context.Context) error {
	router, err := s.routes()
	if err != nil {
		return err
	}
	periodic := s.runner()
	if err := periodic.Check(); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", s.config.Addr)
	if err != nil {
		return fmt.Errorf("listen on TIKALINE_ADDR: %w", err)
	}
	work, stopWork := context.WithCancel(ctx)
	defer stopWork()
	var background sync.WaitGroup
	background.Go(func() { periodic.Run(work) })
	background.Go(func() {
		if err := s.send(work); err != nil && work.Err() == nil {
			s.log.Error("messages are not sent", "err", err)
		}
	})

	server := &http.Server{Handler: router, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second,
		WriteTimeout: 2 * time.Minute, // a slip over 2G takes one; who reads slower on purpose holds nothing longer
		IdleTimeout:  2 * time.Minute,
		BaseContext:  func(net.Listener) context.Context { return context.WithoutCancel(ctx) }}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	address := "http://" + listener.Addr().String()
	s.greet(address)
	if s.world.Ready != nil {
		s.world.Ready(address)
	}

	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	s.log.Info("stopping: finishing what was acknowledged")
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopRequests)
	defer cancel()
	err = server.Shutdown(stop)
	stopWork()
	background.Wait()
	if err != nil {
		return fmt.Errorf("stop serving: %w", err)
	}
	return nil
}

// greet says where we are and what to try.
func (s *service) greet(address string) {
	s.log.Info("serving", "address", address, "demo", s.config.Demo)
	if !s.config.Demo {
		return
	}
	fmt.Fprintf(s.world.Out, `
Tikaline is answering at %[1]s   (Ctrl-C stops it)

Try four things, from another terminal:
  1. Hold the phone yourself:          make talk
  2. Be the aggregator:                curl -d 'sessionId=s1' -d 'phoneNumber=+919800000002' -d 'serviceCode=*384*100#' -d 'text=' %[1]s/ussd/africastalking/demo
  3. Be a program of Co-WIN's:         curl -s '%[1]s/api/v2/appointment/sessions/public/findByPin?pincode=800001&date=%[4]s'
  4. See what it counts:               curl -s %[1]s/metrics | grep tikaline_

Pages:   %[1]s/   A centre's staff: %[1]s/centre/   login %[2]s, password %[3]s
Ready:   %[1]s/readyz        Messages: %[1]s/phone/inbox?number=%%2B919800000002

`, address, demoStaff, s.demoPassword, s.world.Now().In(booking.India).AddDate(0, 0, 1).Format("02-01-2006"))
}
