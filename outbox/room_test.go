package outbox_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"tikaline/booking"
	"tikaline/outbox"
)

// A switchboard takes calls, which last until they are hung up.
type switchboard struct {
	mu         sync.Mutex
	open, most int
	made       int
}

func (*switchboard) Name() string { return "switchboard" }

func (b *switchboard) Send(context.Context, outbox.Message) (outbox.Receipt, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.open, b.made = b.open+1, b.made+1
	b.most = max(b.most, b.open)
	return outbox.Receipt{ProviderID: fmt.Sprint("CA", b.made)}, nil
}

func (b *switchboard) is(open, made int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.open == open && b.made == made
}

func (b *switchboard) hangUp() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.open--
}

func TestWorker_room(t *testing.T) {
	t.Parallel()
	o := open(t, noon)
	b := new(switchboard)
	const lines, calls = 3, 10
	w := o.worker(outbox.Route{Provider: b, Medium: "call"})
	w.Settings.Room = map[string]func(context.Context) int{"call": func(context.Context) int {
		b.mu.Lock()
		defer b.mu.Unlock()
		return lines - b.open
	}}
	start(t, w)
	for i := range calls {
		o.queue(i, booking.PriorityReply, func(n *booking.Notice) { n.Medium = "call" })
	}
	for made := lines; made <= calls; made++ {
		o.until(fmt.Sprintf("%d calls were made and %d last", made, lines), func() bool { return b.is(lines, made) })
		b.hangUp()
	}
	if b.most != lines {
		t.Errorf("%d calls at once by %d lines", b.most, lines)
	}
}
