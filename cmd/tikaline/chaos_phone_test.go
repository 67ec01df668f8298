package main

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"tikaline/booking"
	"tikaline/cmd/tikaline/ops"
	"tikaline/dialog/walk"
	"tikaline/internal/eventually"
)

// What a caller knows of their booking: unsure from the moment they ask for a
// change until they hear the result.
const (
	unsure = iota
	without
	holding
)

// A villager is a caller in a storm. He books, and later perhaps moves or
// cancels, and keeps the answers.
type villager struct {
	*storm
	r     *rand.Rand
	phone ops.Phone
	name  string

	wants      string // book, look, move or cancel
	state      int
	code       string // as shown with the booking
	registered bool
	lostAt     time.Time // when they last got no answer
}

// live has the caller call until the storm is over.
func (v *villager) live() {
	for !v.over.Load() && !v.t.Failed() {
		switch n := v.r.IntN(10); {
		case v.state != holding && n < 7:
			v.wants = "book"
		case v.state == holding && n < 3:
			v.wants = "cancel"
		case v.state == holding && n < 6:
			v.wants = "move"
		default:
			v.wants = "look"
		}
		v.call()
		v.wait(50)
	}
}

// wait lets the time pass that a caller takes, up to a number of milliseconds.
func (v *villager) wait(most int) {
	eventually.Pace(v.ctx, time.Duration(1+v.r.IntN(most))*time.Millisecond)
}

// call is one session, from dialling to its end or until the caller gives up.
func (v *villager) call() {
	sc, ok := v.hear(v.phone.Dial(v.ctx, ""))
	for range 40 {
		if v.over.Load() || v.t.Failed() {
			return
		}
		switch {
		case ok:
		case v.r.IntN(3) == 0: // the gateway delivers it once more
			v.repeated.Add(1)
			sc, ok = v.hear(v.phone.Again(v.ctx))
			continue
		default: // cut off: they dial again
			sc, ok = v.hear(v.phone.Dial(v.ctx, ""))
			continue
		}
		key, more := v.answer(sc)
		if !more || !sc.Open {
			return
		}
		v.wait(20)
		next, fine := v.hear(v.phone.Press(v.ctx, key))
		if fine && v.r.IntN(8) == 0 {
			v.twice(next)
		}
		sc, ok = next, fine
	}
}

// hear takes in an answer. What went wrong on the way is a lost message,
// unless it never left.
func (v *villager) hear(sc ops.Screen, err error) (ops.Screen, bool) {
	v.sent.Add(1)
	if err == nil {
		return sc, true
	}
	if !errors.Is(err, syscall.ECONNREFUSED) {
		v.lost.Add(1)
		v.lostAt = time.Now()
	}
	v.wait(60)
	return sc, false
}

// twice delivers the last message once more: nothing else may be answered.
func (v *villager) twice(first ops.Screen) {
	v.repeated.Add(1)
	session := v.phone.Session
	second, ok := v.hear(v.phone.Again(v.ctx))
	v.phone.Session = session
	if a, b := v.asked(first.Text), v.asked(second.Text); !ok || a == "busy" || b == "busy" || a == "sorry" || b == "sorry" {
		return
	}
	if second != first {
		v.t.Errorf("%s: a message delivered twice was answered\n%q, then\n%q", v.phone.Number, first.Text, second.Text)
	}
}

// answer returns what the caller presses, and whether they go on.
func (v *villager) answer(sc ops.Screen) (key string, more bool) {
	yes := "1"
	if v.r.IntN(6) == 0 {
		yes = "2"
	}
	asked := v.asked(sc.Text)
	switch asked {
	case "booked", "moved", "cancelled", "free", "busy", "sorry":
		v.told(asked, sc)
		return "", false
	case "":
		if !sc.Open {
			v.t.Errorf("%s: nobody knows what this screen says: %q", v.phone.Number, sc.Text)
		}
		return "98", true // overleaf of something: on to its beginning
	}
	if v.r.IntN(40) == 0 { // a wrong key, the way back, overleaf
		return []string{"7", "0", "98"}[v.r.IntN(3)], true
	}
	switch asked {
	case "home":
		return map[bool]string{true: "1", false: "2"}[v.wants == "book"], true
	case "resume":
		return yes, true
	case "name":
		return v.name, true
	case "year":
		return "1958", true
	case "gender", "photo":
		return "1", true
	case "last4":
		return "1234", true
	case "pincode":
		return "800001", true
	case "register", "move":
		return yes, true
	case "book":
		v.registered = true // none books who is not registered
		if yes == "1" {
			v.state = unsure
		}
		return yes, true
	case "cancel":
		if v.wants != "cancel" {
			yes = "2"
		}
		if yes == "1" {
			v.state = unsure
		}
		return yes, true
	case "centre", "change":
		return fmt.Sprint(1 + v.r.IntN(3)), true
	case "wait":
		return "00", true
	case "who": // the one there is cannot be booked: they have a booking
		return "00", v.r.IntN(2) == 0
	case "mine":
		return v.mine()
	}
	if strings.Contains(asked, "/") {
		return cmp.Or(walk.Usual[asked], "1"), true
	}
	v.t.Errorf("there is no answer to %q", asked)
	return "", false
}

// mine is what the caller does where their booking is shown.
func (v *villager) mine() (key string, more bool) {
	if v.state == without {
		v.t.Errorf("%s cancelled, and the booking is back", v.phone.Number)
	}
	if time.Since(v.lostAt) > 3*time.Second { // nothing they sent can still be under way
		v.state = holding
	}
	switch v.wants {
	case "move":
		return "1", true
	case "cancel":
		return "2", true
	}
	return "", false
}

// told takes in a screen that asks nothing.
func (v *villager) told(what string, sc ops.Screen) {
	switch what {
	case "booked":
		v.booked.Add(1)
		v.state, v.registered = holding, true
		if c := code.FindString(sc.Text); c != "" {
			v.code = strings.Fields(c)[1]
		}
	case "moved":
		v.moved.Add(1)
		v.state = holding
	case "cancelled":
		v.cancelled.Add(1)
		v.state = without
	case "free":
		if v.state == holding {
			v.t.Errorf("%s was told of a booking that is gone", v.phone.Number)
		}
	}
}

// check compares the answers that the caller got with the database.
func (v *villager) check(conn *pgx.Conn) {
	n := booking.MSISDN(v.phone.Number)
	rows, err := conn.Query(v.ctx, `
		SELECT b.reference, b.name, count(a.id) FROM beneficiary b
		LEFT JOIN appointment a ON a.cell = b.cell AND a.reference = b.reference AND a.status = 'booked'
		WHERE b.cell = $1 AND b.msisdn = $2 AND b.removed_at IS NULL GROUP BY b.reference, b.name`, n.Cell(), string(n))
	if err != nil {
		v.t.Fatal(err)
	}
	var reference, name string
	var live int
	people := 0
	if _, err := pgx.ForEachRow(rows, []any{&reference, &name, &live}, func() error { people++; return nil }); err != nil {
		v.t.Fatal(err)
	}
	switch {
	case people > 1:
		v.t.Errorf("%s is registered %d times", n, people)
	case people == 0 && v.registered:
		v.t.Errorf("%s was registered and is not", n)
	case people == 1 && name != v.name:
		v.t.Errorf("%s is registered as %q, not %q", n, name, v.name)
	}
	switch {
	case v.state == holding && live != 1:
		v.t.Errorf("%s was promised a place and has %d", n, live)
	case v.state == without && live != 0:
		v.t.Errorf("%s cancelled and has %d places", n, live)
	case v.state == holding && v.code != "" && v.code != booking.SecretCode(reference):
		v.t.Errorf("%s was given the code %s, and it is %s", n, v.code, booking.SecretCode(reference))
	}
}
