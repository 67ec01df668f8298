package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"tikaline/booking"
	"tikaline/dialog/walk"
	"tikaline/internal/eventually"
	"tikaline/postgres/pgtest"
)

// aDay is what people text in a day, of every kind, as walk.Texts reads it.
var aDay = [][]string{
	{"REG 1958 Asha Devi", "3", "register/gender Female", "register/confirm YES", "book/offer YES", "... end", "STATUS"},
	{"पिन ८००००१", "1", "register/name आशा देवी", "register/gender महिला", "register/confirm हाँ", "book/offer हाँ", "... end", "स्थिति", "बदलें", "1", "2", "1"},
	{"বুক", "register/name আশা দেবী", "register/gender মহিলা", "register/confirm হ্যাঁ", "book/offer হ্যাঁ", "... end", "বাতিল", "1", "হ্যাঁ"},
	{"hello", "3", "4", "register/name Ram Lal", "register/year 1961", "register/aadhaar another", "register/id_last4 ABCD", "... register/confirm", "2", "Ram Lal Das", "STOP", "YES", "START", "1961"},
	{"CALL", "what", "blah", "blah blah", "HELP", "2", "BOOK", "CALL", "LANG", "4"},
	{"800001", "2", "799290", "9", "CANCEL", "2", "BOOK", "START", "BOOK", "😀", "?", "TELL 800001"},
	{"NIBONDHON", "register/name Asha Debi", "register/gender mohila", "register/confirm HYAN", "... register/then", "3", "BUK", "book/offer HYAN", "... end", "OBOSTHA"},
}

// A texted is one text of somebody, with its id.
type texted struct{ id, text string }

// TestReplayed_day brings some 10,000 texts to the program once, in order, and to
// another one twice, shuffled, also at the very same time: both end in the same
// state. Of one number the first deliveries keep their order, as an answer means
// something else after another question; the second comes at any later moment.
func TestReplayed_day(t *testing.T) {
	t.Parallel()
	numbers := 770
	if testing.Short() {
		numbers = 140
	}
	number := func(i int) booking.MSISDN { return booking.MSISDN(fmt.Sprintf("+9198%08d", i)) }

	program := func() *stage {
		s := &stage{t: t, ctx: t.Context(), clock: &clock{now: startOf(t, "")}, db: pgtest.URL(t), read: map[string]int{}}
		s.load()
		s.sql(`UPDATE slot SET capacity = 1000000, changed_at = now()`) // nobody is in another's way
		s.start()
		return s
	}
	rehearsal := program()
	day := rehearsal.days()
	rehearsal.stop()
	texts := 0
	days := make([][]texted, numbers)
	for i := range days {
		for j, text := range day[i%len(day)] {
			days[i] = append(days[i], texted{fmt.Sprintf("%d-%d", i, j), text})
		}
		texts += len(days[i])
	}
	once, twice := program(), program()
	var bringing sync.WaitGroup
	const hands = 48 // a commit is shared by those who wait for it
	for h := range hands {
		bringing.Go(func() {
			for i := h; i < numbers; i += hands {
				for _, x := range days[i] {
					once.bring(number(i), x)
				}
			}
		})
		bringing.Go(func() {
			// The texts of many numbers, one from here and one from there.
			var mine []int
			left := map[int][]texted{}
			for i := h; i < numbers; i += hands {
				list := slices.Clone(days[i])
				for j := len(list) - 1; j >= 0; j-- {
					list = slices.Insert(list, j+1+rand.IntN(len(list)-j), list[j])
				}
				mine, left[i] = append(mine, i), list
			}
			for len(mine) > 0 {
				at := rand.IntN(len(mine))
				i := mine[at]
				x := left[i][0]
				if left[i] = left[i][1:]; len(left[i]) == 0 {
					mine = slices.Delete(mine, at, at+1)
				}
				if rand.IntN(10) > 0 {
					twice.bring(number(i), x)
					continue
				}
				var both sync.WaitGroup
				for range 2 {
					both.Go(func() { twice.bring(number(i), x) })
				}
				both.Wait()
			}
		})
	}
	bringing.Wait()
	if t.Failed() {
		return
	}
	want, got := once.ends(), twice.ends()
	if len(want) != numbers || len(got) != numbers {
		t.Errorf("%d and %d numbers are known, %d have written", len(want), len(got), numbers)
	}
	for i := range numbers {
		if n := string(number(i)); want[n] != got[n] {
			t.Fatalf("%s, who wrote\n%v\nends as\n%s", n, days[i], diff(want[n], got[n]))
		}
	}
	for name, s := range map[string]*stage{"once": once, "twice": twice} {
		if n := s.number(`SELECT count(*) FROM inbound`); n != texts {
			t.Errorf("%s: %d texts are stored of %d", name, n, texts)
		}
		if n := s.number(`SELECT count(*) FROM outbox WHERE kind = 'reply'`); n < texts*8/10 {
			t.Errorf("%s: only %d of %d were answered", name, n, texts)
		}
		// Of every seven four register and book, of whom one cancels.
		if n := s.number(`SELECT count(*) FROM appointment WHERE status = 'booked'`); n < numbers*3/7 {
			t.Errorf("%s: only %d are booked", name, n)
		}
	}
	t.Logf("%d texts once, and %d and more", texts, 2*texts)
}

// days returns the texts of aDay, each kind written by a number of its own.
func (s *stage) days() [][]string {
	conn := s.connect()
	all := make([][]string, len(aDay))
	for i, script := range aDay {
		number := fmt.Sprintf("+9198199%05d", i)
		serial := 0
		write := func(text string) {
			serial++
			s.bring(booking.MSISDN(number), texted{fmt.Sprintf("%d-%d", i, serial), text})
		}
		all[i] = walk.Texts(script, write, func(to string, pairs ...string) []string {
			s.t.Helper()
			texts, err := until(s.ctx, conn, number, to, func(text string) error {
				write(text)
				return nil
			}, pairs...)
			if err != nil {
				s.t.Fatal(err)
			}
			return texts
		})
	}
	return all
}

// bring brings a text as Kannel does, again and again while we are busy.
func (s *stage) bring(number booking.MSISDN, x texted) {
	address := s.url + "/sms/kannel/" + testSecret + "?" + url.Values{
		"id": {x.id}, "from": {string(number)}, "to": {"56161"}, "text": {x.text}, "coding": {"2"}, "charset": {"UTF-8"},
	}.Encode()
	for tries := 0; ; tries++ {
		req, err := http.NewRequestWithContext(s.ctx, http.MethodGet, address, nil)
		if err != nil {
			s.t.Error(err)
			return
		}
		res, err := bringer.Do(req)
		if err != nil {
			s.t.Errorf("bring a text: %v", err)
			return
		}
		io.Copy(io.Discard, res.Body) //nolint:errcheck // to use the connection again
		res.Body.Close()
		switch {
		case res.StatusCode == http.StatusOK:
			return
		case res.StatusCode != http.StatusServiceUnavailable || tries == 100:
			s.t.Errorf("%s %q was answered %d", x.id, x.text, res.StatusCode)
			return
		}
		eventually.Pace(s.ctx, 10*time.Millisecond)
	}
}

var bringer = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 128}}

// ends is how everybody stands: conversation, family, bookings, what was said and
// what is queued, without what is random or waits for the clock.
func (s *stage) ends() map[string]string {
	conn := s.connect()
	lines := map[string][]string{}
	for _, query := range []string{
		`SELECT msisdn, concat_ws(' ', 'conversation', version, last_message) FROM conversation`,
		`SELECT msisdn, concat_ws(' ', 'household', language, pincode) FROM household`,
		`SELECT msisdn, concat_ws(' ', 'person', name, birth_year, gender, photo_id, id_last4) FROM beneficiary`,
		`SELECT msisdn, concat_ws(' ', 'booking', dose, vaccine, status, day, centre_id, slot_id) FROM appointment`,
		`SELECT msisdn, 'waits near ' || pincode FROM waiting`,
		`SELECT msisdn, 'wants no messages' FROM optout`,
		`SELECT msisdn, concat_ws(' ', key, data->>'lang', data->>'says', data->>'text') FROM outbox WHERE kind = 'reply'`,
		`SELECT msisdn, concat_ws(' ', 'owed', kind, data->>'name', data->>'day', data->>'centre', data->>'window') FROM outbox
			WHERE kind <> 'reply' AND priority < 50`,
	} {
		rows, err := conn.Query(context.WithoutCancel(s.ctx), query)
		if err != nil {
			s.t.Fatalf("%v: %s", err, query)
		}
		var n, line string
		if _, err := pgx.ForEachRow(rows, []any{&n, &line}, func() error {
			lines[n] = append(lines[n], veil(line))
			return nil
		}); err != nil {
			s.t.Fatalf("%v: %s", err, query)
		}
	}
	all := make(map[string]string, len(lines))
	for n, list := range lines {
		slices.Sort(list)
		all[n] = strings.Join(list, "\n")
	}
	return all
}

func (s *stage) number(query string) (n int) {
	if err := s.connect().QueryRow(s.ctx, query).Scan(&n); err != nil {
		s.t.Fatalf("%v: %s", err, query)
	}
	return n
}
