package otp

import (
	"context"
	"time"

	"tikaline/postgres/batch"
)

// ForgetOTP deletes requests for one-time passwords made before a time, and the
// numbers that have not asked since, at most limit of each, and returns how
// many it deleted. The requests of a number are counted over a day, and it is
// blocked for another: before must be longer ago than both.
func (s *Store) ForgetOTP(ctx context.Context, before time.Time, limit int) (int, error) {
	requests, err := batch.DeleteFound[[16]byte](ctx, s.db, "forget otp", `
		SELECT cell, txn
		FROM otp
		WHERE asked_at < $1
		LIMIT $2`, `
		DELETE FROM otp AS o
		USING (SELECT unnest($1::smallint[]) AS cell, unnest($2::uuid[]) AS txn) u
		WHERE o.cell = u.cell AND o.txn = u.txn AND o.asked_at < $3`, before, limit)
	if err != nil {
		return 0, err
	}
	numbers, err := batch.DeleteFound[string](ctx, s.db, "forget otp numbers", `
		SELECT cell, msisdn
		FROM otp_number
		WHERE asked_at < $1
		LIMIT $2`, `
		DELETE FROM otp_number AS o
		USING (SELECT unnest($1::smallint[]) AS cell, unnest($2::text[]) AS msisdn) u
		WHERE o.cell = u.cell AND o.msisdn = u.msisdn
			-- unless it has asked since we looked
			AND o.asked_at < $3`, before, limit)
	return max(requests, numbers), err // so that a full batch of either asks for another
}
