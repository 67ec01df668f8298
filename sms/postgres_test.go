package sms

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"tikaline/booking"
	"tikaline/dialog"
	"tikaline/postgres"
	"tikaline/postgres/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// onPostgres is the rig's gateway over a store of its own on a database, as
// one of several programs has it.
func (r *rig) onPostgres(t *testing.T, pool *pgxpool.Pool) *Gateway {
	s, err := postgres.New(t.Context(), pool, postgres.Options{Now: r.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := s.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return &Gateway{
		Conversations: &dialog.Conversations{Store: s.Conversations, Inbox: s.Conversations, Now: r.now},
		Engine:        r.Engine, Desk: r.Desk, Words: r.Words, Keywords: r.Keywords, Now: r.now, Observer: r.seen,
	}
}

// TestGateway_on_Postgres: texts that are brought again and again, also at the
// same time, have one effect and one reply each.
func TestGateway_on_Postgres(t *testing.T) {
	conversations := conversations(t)
	for _, programs := range []int{1, 2} {
		t.Run(fmt.Sprintf("programs=%d", programs), func(t *testing.T) {
			pool, err := pgxpool.New(t.Context(), pgtest.URL(t))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(pool.Close)
			once, again := newRig(t), newRig(t)
			var all []*Gateway
			for range programs {
				all = append(all, again.onPostgres(t, pool))
			}
			const numbers = 30
			number := func(i int) booking.MSISDN { return booking.MSISDN(fmt.Sprintf("+9197%07d3", i)) }
			texts := 0
			var wg sync.WaitGroup
			for i := range numbers {
				list := conversations[i%len(conversations)]
				event := func(j int) Event {
					return Event{Provider: "kannel", ID: fmt.Sprint(j), From: number(i), Text: list[j]}
				}
				for j := range list {
					once.deliver(t, event(j))
				}
				texts += len(list)
				wg.Go(func() {
					for j := range list {
						var both sync.WaitGroup
						for k := range 2 {
							both.Go(func() {
								if err := all[k%programs].Receive(t.Context(), event(j)); err != nil {
									t.Error(err)
								}
							})
						}
						both.Wait()
						if err := all[rand.IntN(programs)].Receive(t.Context(), event(rand.IntN(j+1))); err != nil {
							t.Error(err)
						}
					}
				})
			}
			wg.Wait()
			for sql, want := range map[string]int{
				`SELECT count(*) FROM inbound`:                                texts,
				`SELECT sum(version) FROM conversation`:                       texts,
				`SELECT count(*) - count(DISTINCT (msisdn, key)) FROM outbox`: 0,
				`SELECT count(*) FROM outbox o WHERE kind <> 'reply' OR NOT EXISTS (SELECT FROM inbound i WHERE i.msisdn = o.msisdn)`: 0,
			} {
				var got int
				if err := pool.QueryRow(t.Context(), sql).Scan(&got); err != nil {
					t.Fatal(err)
				}
				if got != want {
					t.Errorf("%s: %d, want %d", sql, got, want)
				}
			}
			if programs > 1 {
				// Two machines at the very same moment may word it differently:
				// the slower sees what the quicker has booked.
				return
			}
			for i := range numbers {
				n := number(i)
				var got []string
				err := pool.QueryRow(t.Context(), `SELECT array_agg(data->>'text' ORDER BY data->>'text') FROM outbox WHERE msisdn = $1`, string(n)).Scan(&got)
				want := slices.Sorted(slices.Values(once.replies(n)))
				slices.Sort(got)
				if err != nil || !slices.Equal(got, want) {
					t.Errorf("%s was answered\n%q\nwant\n%q; %v", n, got, want, err)
				}
				if a, b := again.core(n), once.core(n); a.Acts != b.Acts || a.Calls != b.Calls {
					t.Errorf("%s: %d acts and %d calls, want %d and %d", n, a.Acts, a.Calls, b.Acts, b.Calls)
				}
				var out bool
				if err := pool.QueryRow(t.Context(), `SELECT EXISTS (SELECT FROM optout WHERE msisdn = $1)`, string(n)).Scan(&out); err != nil || out != once.box.Out[n] {
					t.Errorf("%s opted out: %v, %v", n, out, err)
				}
			}
		})
	}
}
