package batch

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"tikaline/booking"
)

// TruncateMicros returns t as Postgres stores it, to the microsecond, so that
// the first answer to a message equals the answers that are read back later.
func TruncateMicros(t time.Time) time.Time { return t.Truncate(time.Microsecond) }

// OrNull returns nil, which is stored as NULL, for the zero time.
func OrNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// OrZero is the inverse of OrNull: NULL is the zero time.
func OrZero(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

// UUIDs returns ids as pgx takes them in an array.
func UUIDs(ids []uuid.UUID) [][16]byte {
	out := make([][16]byte, len(ids))
	for i, id := range ids {
		out[i] = id
	}
	return out
}

// Strings returns a list of stored names as pgx takes them in an array.
func Strings[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = string(s)
	}
	return out
}

// NumbersOf returns the numbers of calls, each once and sorted, with their
// cells.
func NumbersOf[R any](calls []*Call[booking.MSISDN, R]) (cell []int16, msisdn []string) {
	msisdn = make([]string, len(calls))
	for i, c := range calls {
		msisdn[i] = string(c.In)
	}
	return CellsOf(msisdn)
}

// CellsOf sorts numbers, drops repetitions, and returns them with their cells.
// It changes the slice that it is given.
func CellsOf(msisdn []string) (cell []int16, sorted []string) {
	slices.Sort(msisdn)
	msisdn = slices.Compact(msisdn)
	cell = make([]int16, len(msisdn))
	for i, n := range msisdn {
		cell[i] = booking.MSISDN(n).Cell()
	}
	return cell, msisdn
}

// Collect runs a query and returns its rows; scan reads one row. It retries.
func Collect[T any](ctx context.Context, db *DB, op string, scan pgx.RowToFunc[T], sql string, args ...any) ([]T, error) {
	var list []T
	err := db.RetryConn(ctx, op, func(ctx context.Context, conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, sql, args...)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, scan)
		return err
	})
	return list, err
}

// DeleteFound deletes what a query finds, and returns how many rows that were. It
// retries. find takes a time and a limit, $1 and $2, and returns a cell and
// another key; remove takes the cells and the keys, $1 and $2, and the time again
// as $3, to look again whether a row is still to go. The portable subset has no
// DELETE with a LIMIT.
func DeleteFound[K any](ctx context.Context, db *DB, op, find, remove string, before time.Time, limit int) (int, error) {
	n := 0
	err := db.RetryConn(ctx, op, func(ctx context.Context, conn *pgx.Conn) error {
		n = 0
		rows, err := conn.Query(ctx, find, before, limit)
		if err != nil {
			return err
		}
		var cells []int16
		var keys []K
		var cell int16
		var key K
		if _, err := pgx.ForEachRow(rows, []any{&cell, &key}, func() error {
			cells, keys = append(cells, cell), append(keys, key)
			return nil
		}); err != nil || len(cells) == 0 {
			return err
		}
		tag, err := conn.Exec(ctx, remove, cells, keys, before)
		n = int(tag.RowsAffected())
		return err
	})
	return n, err
}
