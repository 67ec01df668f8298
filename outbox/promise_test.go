package outbox_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/internal/eventually"
	"tikaline/outbox"
)

// A network is a provider that takes messages for real, as a phone sees them.
type network struct {
	name string
	fate func(m outbox.Message) (takes bool, err error)

	mu    sync.Mutex
	under map[booking.MSISDN]int
	two   int // times that two of a number were under way
	got   map[uuid.UUID]int
	order map[booking.MSISDN][]uuid.UUID
}

func newNetwork(name string, fate func(outbox.Message) (bool, error)) *network {
	return &network{name: name, fate: fate, under: map[booking.MSISDN]int{}, got: map[uuid.UUID]int{}, order: map[booking.MSISDN][]uuid.UUID{}}
}

func (n *network) Name() string { return n.name }

func (n *network) Send(ctx context.Context, m outbox.Message) (outbox.Receipt, error) {
	n.mu.Lock()
	if n.under[m.To]++; n.under[m.To] > 1 {
		n.two++
	}
	n.mu.Unlock()
	eventually.Pace(context.WithoutCancel(ctx), rand.N(2*time.Millisecond))
	takes, err := n.fate(m)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.under[m.To]--
	if takes {
		n.got[m.ID]++
		n.order[m.To] = append(n.order[m.To], m.ID)
	}
	return outbox.Receipt{}, err
}

func (n *network) arrived(id uuid.UUID) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.got[id]
}

// inOrder is what a number got, in the order in which it came, and how often two
// of a number were under way at once.
func (n *network) inOrder(to booking.MSISDN) (got []uuid.UUID, two int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.order[to]), n.two
}

func takesAll(outbox.Message) (bool, error) { return true, nil }

func TestOrder_one_at_a_time_for_each_number(t *testing.T) {
	t.Parallel()
	o := open(t, noon)
	want := map[booking.MSISDN][]uuid.UUID{}
	for range 12 {
		for who := range 12 {
			n := o.queue(who, booking.PriorityConfirm)
			want[n.To] = append(want[n.To], n.ID)
		}
	}
	phones := newNetwork("a", takesAll)
	for range 3 { // nodes
		start(t, o.worker(outbox.Route{Provider: phones}))
	}
	o.until("all are sent", func() bool { return o.count(`SELECT count(*) FROM outbox WHERE status <> 'sent'`) == 0 })
	for to, ids := range want {
		got, two := phones.inOrder(to)
		if !slices.Equal(got, ids) || two > 0 {
			t.Errorf("%s got its messages in another order; %d times two were under way", to.Tail(), two)
		}
	}
}

func TestOrder_the_urgent_overtakes_what_has_not_gone_yet(t *testing.T) {
	t.Parallel()
	o := open(t, noon)
	reminder, confirm, reply := o.queue(1, booking.PriorityReminder), o.queue(1, booking.PriorityConfirm), o.queue(1, booking.PriorityReply)
	phones := newNetwork("a", takesAll)
	start(t, o.worker(outbox.Route{Provider: phones}))
	o.until("all are sent", func() bool { return o.count(`SELECT count(*) FROM outbox WHERE status <> 'sent'`) == 0 })
	got, _ := phones.inOrder(number(1))
	if want := []uuid.UUID{reply.ID, confirm.ID, reminder.ID}; !slices.Equal(got, want) {
		t.Error("not in the order of their urgency")
	}
}

// TestNothing_is_lost_or_sent_twice has workers die in the middle of their work
// and providers fail in every way. Each message arrives, unless it was given up
// or its doubt was counted; none arrives twice, unless that was counted.
func TestNothing_is_lost_or_sent_twice(t *testing.T) {
	t.Parallel()
	o := open(t, noon)
	const messages = 400
	prio := map[uuid.UUID]booking.Priority{}
	for i := range messages {
		p := []booking.Priority{booking.PriorityReply, booking.PriorityConfirm, booking.PriorityChange}[i%3]
		prio[o.queue(i%90, p).ID] = p
	}
	fate := func(outbox.Message) (bool, error) {
		switch x := rand.N(100); {
		case x < 10:
			return false, &outbox.Failure{Policy: outbox.Retry, Code: "503"}
		case x < 15:
			return false, &outbox.Failure{Policy: outbox.Elsewhere, Code: "auth"}
		case x < 17:
			return false, &outbox.Failure{Policy: outbox.GiveUp, Code: "21614"}
		case x < 21:
			return true, &outbox.Failure{Policy: outbox.Ambiguous, Code: "hung up"}
		case x < 25:
			return false, &outbox.Failure{Policy: outbox.Ambiguous, Code: "timeout"}
		}
		return true, nil
	}
	a, b := newNetwork("a", fate), newNetwork("b", fate)
	hire := func() (*mortal, func()) {
		m := &mortal{Store: o.Store}
		w := o.worker(outbox.Route{Provider: a}, outbox.Route{Provider: b})
		w.Store = m
		w.Settings.InFlight = 40
		return m, start(t, w)
	}
	for range 5 {
		m, stop := hire()
		_, other := hire()
		// In the middle of its work, or soon where nothing is left to do.
		eventually.Within(50*time.Millisecond, func() bool { return m.handed.Load() > 20 })
		m.dead.Store(true) // nothing more is written by this one
		stop()
		other()
		o.clock.add(31 * time.Second)
	}
	hire()
	hire()
	o.until("all is settled", func() bool {
		o.clock.add(5 * time.Second)
		return o.count(`SELECT count(*) FROM outbox WHERE status IN ('queued', 'sending')`) == 0
	})
	twice, doubtful, dead := 0, 0, 0
	for id := range prio {
		stands := o.stands(id)
		arrived := a.arrived(id) + b.arrived(id)
		resent := o.count(fmt.Sprintf(`SELECT count(*) FROM outbox, jsonb_array_elements(tried) t WHERE id = '%s' AND t->>'then' = 'ambiguous'`, id))
		switch {
		case strings.HasPrefix(stands, "dead"):
			dead++
		case strings.HasSuffix(stands, "unconfirmed"):
			doubtful++
		case arrived == 0:
			t.Errorf("lost: %s", stands)
		}
		if arrived > 1 {
			twice++
			if prio[id] != booking.PriorityReply || resent == 0 {
				t.Errorf("arrived %d times: %s", arrived, stands)
			}
		}
		if arrived > 1+resent {
			t.Errorf("arrived %d times with %d doubts", arrived, resent)
		}
	}
	if twice > o.seen.of(outbox.EventResent) {
		t.Errorf("%d arrived twice, %d were counted as sent again", twice, o.seen.of(outbox.EventResent))
	}
	t.Logf("%d twice, %d unconfirmed, %d dead, counted %v", twice, doubtful, dead, o.seen)
}

// TestKilled_while_handing_over holds what the lease and the note before the
// handover are for.
func TestKilled_while_handing_over(t *testing.T) {
	t.Parallel()
	o := open(t, noon)
	reply, confirm := o.queue(1, booking.PriorityReply), o.queue(2, booking.PriorityConfirm)
	phones := newNetwork("a", takesAll)
	m := &mortal{Store: o.Store}
	w := o.worker(outbox.Route{Provider: newNetwork("a", func(msg outbox.Message) (bool, error) {
		m.dead.Store(true)
		phones.Send(t.Context(), msg)
		return true, nil
	})})
	w.Store = m
	stop := start(t, w)
	o.until("both are handed over", func() bool {
		phones.mu.Lock()
		defer phones.mu.Unlock()
		return len(phones.got) == 2 || m.dead.Load() && len(phones.got) >= 1
	})
	stop()
	// Whichever of the two was only claimed goes to the next worker as it is.
	next := o.worker(outbox.Route{Provider: phones})
	looks := watched(next)
	start(t, next)
	looks.again(o)
	if phones.arrived(reply.ID) > 1 || phones.arrived(confirm.ID) > 1 {
		t.Fatal("sent again before the lease ended")
	}
	o.clock.add(31 * time.Second)
	o.until("both are looked into", func() bool {
		return o.count(`SELECT count(*) FROM outbox WHERE status = 'sent' OR doubt`) == 2
	})
	o.until("that is counted", func() bool { return o.seen.of(outbox.EventRecovered) > 0 })
	if phones.arrived(reply.ID) != 1 || phones.arrived(confirm.ID) != 1 {
		t.Errorf("arrived %d and %d times", phones.arrived(reply.ID), phones.arrived(confirm.ID))
	}
	o.clock.add(2 * time.Minute)
	o.until("all is settled", func() bool { return o.count(`SELECT count(*) FROM outbox WHERE status <> 'sent'`) == 0 })
	if phones.arrived(confirm.ID) != 1 {
		t.Errorf("the confirmation arrived %d times", phones.arrived(confirm.ID))
	}
	if got := phones.arrived(reply.ID); got != 1+o.seen.of(outbox.EventResent) {
		t.Errorf("the reply arrived %d times, %d were counted", got, o.seen.of(outbox.EventResent))
	}
}

func TestRun_finishes_what_was_handed_over_and_gives_back_the_rest(t *testing.T) {
	t.Parallel()
	o := open(t, noon)
	for i := range 40 {
		o.queue(i, booking.PriorityConfirm)
	}
	begun, answers := make(chan struct{}, 40), make(chan struct{})
	w := o.worker(outbox.Route{Provider: newNetwork("a", func(outbox.Message) (bool, error) {
		begun <- struct{}{}
		<-answers
		return true, nil
	}), Rate: 4})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	<-begun
	cancel()
	close(answers) // once it is to stop
	if err := <-done; err != nil {
		t.Error(err)
	}
	sent, given := o.count(`SELECT count(*) FROM outbox WHERE status = 'sent'`), len(begun)+1
	if sent != given {
		t.Errorf("%d noted as sent, %d were given", sent, given)
	}
	if n := o.count(`SELECT count(*) FROM outbox WHERE status = 'queued' AND lease_until IS NULL`); n != 40-sent {
		t.Errorf("%d given back, want %d", n, 40-sent)
	}
}

// TestRun_does_not_wait_for_who_hangs: a provider that never answers is left
// after ShutdownGrace, and what it had is in doubt: it is told apart from what was
// never given to anyone, and looked at again.
func TestRun_does_not_wait_for_who_hangs(t *testing.T) {
	t.Parallel()
	o := open(t, noon)
	n := o.queue(1, booking.PriorityConfirm)
	begun := make(chan struct{}, 1)
	w := o.worker(outbox.Route{Provider: hangs{begun}})
	w.Settings.ShutdownGrace = 20 * time.Millisecond // SendTimeout is 20 s
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	<-begun
	cancel()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("it waits for a provider that hangs")
	}
	if s := o.stands(n.ID); s != "sending 1 a no answer" || o.count(`SELECT count(*) FROM outbox WHERE doubt`) != 1 {
		t.Errorf("it is %q", s)
	}
}

// A provider that hangs answers when it is left.
type hangs struct{ begun chan struct{} }

func (hangs) Name() string { return "a" }

func (h hangs) Send(ctx context.Context, _ outbox.Message) (outbox.Receipt, error) {
	h.begun <- struct{}{}
	<-ctx.Done()
	return outbox.Receipt{}, ctx.Err()
}

// TestReports_stop: that a person wants no messages is kept as if they had said so
// themselves, however often and however late it is reported.
func TestReports_stop(t *testing.T) {
	t.Parallel()
	o := open(t, noon)
	r := &outbox.Reports{Store: o.Store, Key: []byte("key"), Now: o.clock.Now}
	n, other := o.queue(1, booking.PriorityConfirm), o.queue(2, booking.PriorityConfirm)
	a := &provider{name: "a"}
	start(t, o.worker(outbox.Route{Provider: a}))
	o.becomes(n.ID, "sent 1 a id")
	o.becomes(other.ID, "sent 1 a id")
	stopped := func(to int) bool {
		is, err := o.HasStopped(t.Context(), number(to))
		if err != nil {
			t.Fatal(err)
		}
		return is
	}
	report := func(id uuid.UUID, p outbox.Report) {
		t.Helper()
		if err := r.Report(t.Context(), outbox.Token(r.Key, outbox.Mark{Cell: n.To.Cell(), ID: id, Attempt: 1}), p); err != nil {
			t.Fatal(err)
		}
	}
	if report(n.ID, outbox.Report{Status: outbox.Failed, Code: "30008"}); stopped(1) {
		t.Error("a failure is no STOP")
	}
	report(n.ID, outbox.Report{Status: outbox.Failed, Code: "21610", Stopped: true}) // changes nothing else
	if !stopped(1) || stopped(2) {
		t.Errorf("stopped: %v, the other %v", stopped(1), stopped(2))
	}
	report(n.ID, outbox.Report{Status: outbox.Failed, Code: "21610", Stopped: true})
	o.becomes(n.ID, "failed 1 a id 30008")
	o.becomes(o.queue(1, booking.PriorityConfirm).ID, "dead 0 stopped")
	report(uuid.New(), outbox.Report{Status: outbox.Failed, Stopped: true}) // of a message that is gone
}

// TestReports_in_any_order has every order of what a provider may say, beside
// our own note, and looks that nothing goes back.
func TestReports_in_any_order(t *testing.T) {
	t.Parallel()
	o := open(t, noon)
	r := &outbox.Reports{Store: o.Store, Key: []byte("key"), Now: o.clock.Now}
	rank := map[string]int{"queued": 0, "sending": 1, "sent": 2, "failed": 3, "delivered": 4}
	var wg sync.WaitGroup
	for i := range 40 {
		n := o.queue(i, booking.PriorityConfirm)
		wg.Go(func() {
			all := []outbox.Status{outbox.Sent, outbox.Sent, outbox.Delivered, outbox.Failed, outbox.Failed, outbox.Delivered}
			all = all[:1+rand.N(len(all))]
			rand.Shuffle(len(all), func(a, b int) { all[a], all[b] = all[b], all[a] })
			token := outbox.Token(r.Key, outbox.Mark{Cell: n.To.Cell(), ID: n.ID, Attempt: 1})
			o.until("handed over", func() bool { return !strings.HasPrefix(o.stands(n.ID), "queued") })
			at := 0
			for _, s := range all {
				if err := r.Report(t.Context(), token, outbox.Report{Status: s, Code: "c"}); err != nil {
					t.Error(err)
				}
				status, _, _ := strings.Cut(o.stands(n.ID), " ")
				if now := rank[status]; now < at {
					t.Errorf("after %v it went back to %s", all, status)
				} else {
					at = now
				}
			}
			want := 2
			if slices.Contains(all, outbox.Failed) {
				want = 3
			}
			if slices.Contains(all, outbox.Delivered) {
				want = 4
			}
			if at != want {
				t.Errorf("after %v it is %d, want %d", all, at, want)
			}
		})
	}
	start(t, o.worker(outbox.Route{Provider: newNetwork("a", takesAll)}))
	wg.Wait()
	for name, err := range map[string]error{
		"forged": r.Report(t.Context(), "forged", outbox.Report{Status: outbox.Delivered}),
		"dead":   r.Report(t.Context(), outbox.Token(r.Key, outbox.Mark{}), outbox.Report{Status: outbox.Dead}),
	} {
		if err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if err := r.Report(t.Context(), outbox.Token(r.Key, outbox.Mark{ID: uuid.New()}), outbox.Report{Status: outbox.Delivered}); err != nil {
		t.Errorf("a message that is gone: %v", err)
	}
}
