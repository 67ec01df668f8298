package conversations

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"tikaline/booking"
	"tikaline/dialog"

	"tikaline/postgres/batch"
	"tikaline/postgres/outbox"
)

// Find reads the conversation with the sender of a message, and after it
// whether the message was stored before.
func (s *Store) Find(ctx context.Context, in dialog.Inbound) (dialog.Record, error) {
	return s.find.Do(ctx, s.db.WriterOf(in.Number), in)
}

// An inboundKey identifies a message.
type inboundKey struct {
	number       booking.MSISDN
	provider, id string
}

func keyOf(in dialog.Inbound) inboundKey { return inboundKey{in.Number, in.Provider, in.ID} }

func (s *Store) findBatch(ctx context.Context, calls []*batch.Call[dialog.Inbound, dialog.Record]) error {
	var want incoming
	for _, c := range calls {
		want.add(c.In)
	}
	found := make(map[booking.MSISDN]dialog.Record, len(calls))
	duplicate, out := make(map[inboundKey]bool), make(map[booking.MSISDN]bool)
	err := s.db.Conn(ctx, func(conn *pgx.Conn) error {
		b := new(pgx.Batch)
		b.Queue(`
			SELECT
				c.msisdn,
				c.version,
				c.state,
				c.last_message,
				c.last_reply,
				c.updated_at
			FROM conversation c
			JOIN (SELECT DISTINCT unnest($1::smallint[]) AS cell, unnest($2::text[]) AS msisdn) u
				ON c.cell = u.cell AND c.msisdn = u.msisdn`,
			want.cell, want.msisdn,
		).Query(func(rows pgx.Rows) error {
			var r dialog.Record
			_, err := pgx.ForEachRow(rows, []any{&r.Number, &r.Version, &r.State, &r.LastMessage, &r.LastReply, &r.UpdatedAt}, func() error {
				found[r.Number] = r
				r.State = nil // the next row must not write into this one's
				return nil
			})
			return err
		})
		// Read after the conversations: a message that is not here was not
		// stored with any version read above, and a later version makes the
		// save fail.
		b.Queue(`
			SELECT
				i.msisdn,
				i.provider,
				i.message_id
			FROM inbound i
			JOIN (
				SELECT
					unnest($1::smallint[]) AS cell,
					unnest($2::text[]) AS msisdn,
					unnest($3::text[]) AS provider,
					unnest($4::text[]) AS message_id
			) u
				ON i.cell = u.cell AND i.msisdn = u.msisdn AND i.provider = u.provider AND i.message_id = u.message_id`,
			want.cell, want.msisdn, want.provider, want.id,
		).Query(func(rows pgx.Rows) error {
			var k inboundKey
			_, err := pgx.ForEachRow(rows, []any{&k.number, &k.provider, &k.id}, func() error { duplicate[k] = true; return nil })
			return err
		})
		b.Queue(`
			SELECT o.msisdn
			FROM optout o
			JOIN (SELECT DISTINCT unnest($1::smallint[]) AS cell, unnest($2::text[]) AS msisdn) u
				ON o.cell = u.cell AND o.msisdn = u.msisdn`,
			want.cell, want.msisdn,
		).Query(func(rows pgx.Rows) error {
			var n booking.MSISDN
			_, err := pgx.ForEachRow(rows, []any{&n}, func() error { out[n] = true; return nil })
			return err
		})
		return conn.SendBatch(ctx, b).Close()
	})
	if err != nil {
		return err
	}
	for _, c := range calls {
		r := found[c.In.Number]
		r.Number = c.In.Number
		r.State = slices.Clone(r.State) // two callers may have asked
		if duplicate[keyOf(c.In)] {
			r.Inbound = &c.In
		}
		if out[c.In.Number] {
			r.Opt = dialog.OptOut
		}
		c.Out = r
	}
	return nil
}

// received is a Record with its notices as they are stored.
type received struct {
	dialog.Record
	notices []*outbox.Row
}

// saveAlong is Save of a Record with a message and its answer. Unlike the save
// of a conversation alone it waits for the disk: the provider gets the
// acknowledgement and does not deliver the message again.
func (s *Store) saveAlong(ctx context.Context, r dialog.Record) (bool, error) {
	rows, err := outbox.Rows(r.Notices)
	if err != nil {
		return false, fmt.Errorf("receive: %w", err)
	}
	return s.receive.Do(ctx, s.db.WriterOf(r.Number), received{r, rows})
}

func (s *Store) receiveBatch(ctx context.Context, calls []*batch.Call[received, bool]) error {
	first, fresh, known := dedupeByNumber(calls, func(q received) dialog.Record { return q.Record })
	var won []*batch.Call[received, bool]
	err := s.db.Tx(ctx, batch.Plain, func(tx pgx.Tx) error {
		b := new(pgx.Batch)
		compareAndSwap(b, fresh, known, func(n booking.MSISDN) { won = append(won, first[n]) })
		if err := batch.Send(ctx, tx, b); err != nil {
			return err
		}
		slices.SortFunc(won, func(a, b *batch.Call[received, bool]) int {
			return cmp.Or(cmp.Compare(a.In.Number.Cell(), b.In.Number.Cell()), cmp.Compare(a.In.Number, b.In.Number))
		})
		b = new(pgx.Batch)
		s.queueAlong(b, won)
		return batch.Send(ctx, tx, b)
	})
	if err != nil {
		return err
	}
	for _, c := range won {
		c.Out = true
	}
	return nil
}

// queueAlong adds the statements for the messages and replies of conversations
// that were stored to b.
func (s *Store) queueAlong(b *pgx.Batch, won []*batch.Call[received, bool]) {
	var in incoming
	var pending []*outbox.Row
	var out, back incoming
	for _, c := range won {
		if c.In.Inbound != nil {
			in.add(*c.In.Inbound)
		}
		pending = append(pending, c.In.notices...)
		switch now := (dialog.Inbound{Number: c.In.Number, At: c.In.UpdatedAt}); c.In.Opt {
		case dialog.OptOut:
			out.add(now)
		case dialog.OptIn:
			back.add(now)
		}
	}
	if len(in.cell) > 0 {
		// No conflict is expected: compare-and-swap stores a message once.
		// Should there be one, the whole batch fails and is run call by call.
		b.Queue(`
			INSERT INTO inbound (
				cell,
				msisdn,
				provider,
				message_id,
				at
			)
			SELECT
				unnest($1::smallint[]),
				unnest($2::text[]),
				unnest($3::text[]),
				unnest($4::text[]),
				unnest($5::timestamptz[])`,
			in.cell, in.msisdn, in.provider, in.id, in.at)
	}
	if len(out.cell) > 0 {
		b.Queue(`
			INSERT INTO optout (cell, msisdn, at)
			SELECT unnest($1::smallint[]), unnest($2::text[]), unnest($3::timestamptz[])
			ON CONFLICT (cell, msisdn) DO NOTHING`,
			out.cell, out.msisdn, out.at)
	}
	if len(back.cell) > 0 {
		b.Queue(`
			DELETE FROM optout AS o
			USING (SELECT unnest($1::smallint[]) AS cell, unnest($2::text[]) AS msisdn) u
			WHERE o.cell = u.cell AND o.msisdn = u.msisdn`,
			back.cell, back.msisdn)
	}
	outbox.Queue(b, pending, s.db.Now())
}

// incoming are the columns of messages.
type incoming struct {
	cell                 []int16
	msisdn, provider, id []string
	at                   []time.Time
}

func (v *incoming) add(in dialog.Inbound) {
	v.cell = append(v.cell, in.Number.Cell())
	v.msisdn = append(v.msisdn, string(in.Number))
	v.provider = append(v.provider, in.Provider)
	v.id = append(v.id, in.ID)
	v.at = append(v.at, in.At)
}

// ForgetInbound deletes at most limit records of messages that came in before a
// time, and returns how many. A month is enough: no provider sends a duplicate
// later than that.
func (s *Store) ForgetInbound(ctx context.Context, before time.Time, limit int) (int, error) {
	n := 0
	err := s.db.RetryConn(ctx, "forget messages", func(ctx context.Context, conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, `
			SELECT
				cell,
				msisdn,
				provider,
				message_id
			FROM inbound
			WHERE at < $1
			ORDER BY at
			LIMIT $2`, before, limit)
		if err != nil {
			return err
		}
		var old incoming
		var in dialog.Inbound
		var cell int16
		if _, err := pgx.ForEachRow(rows, []any{&cell, &in.Number, &in.Provider, &in.ID}, func() error { old.add(in); return nil }); err != nil {
			return err
		}
		tag, err := conn.Exec(ctx, `
			DELETE FROM inbound AS i
			USING (
				SELECT
					unnest($1::smallint[]) AS cell,
					unnest($2::text[]) AS msisdn,
					unnest($3::text[]) AS provider,
					unnest($4::text[]) AS message_id
			) u
			WHERE i.cell = u.cell AND i.msisdn = u.msisdn AND i.provider = u.provider AND i.message_id = u.message_id`,
			old.cell, old.msisdn, old.provider, old.id)
		n = int(tag.RowsAffected())
		return err
	})
	return n, err
}
