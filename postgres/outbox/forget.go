package outbox

import (
	"context"
	"tikaline/postgres/batch"
	"time"
)

// ForgetNotices deletes notices that came to an end before a time, at most
// limit of them, and returns how many. Pending, sending and ambiguous are no
// end. A notice's key keeps it from being queued twice, so before must be
// longer ago than any duplicate can come: of a text from a provider, of a
// request from a client. Two kinds stay: the notices from which the report of a
// session called off is computed, and the notice of a call-back that is still
// open.
func (s *Store) ForgetNotices(ctx context.Context, before time.Time, limit int) (int, error) {
	return batch.DeleteFound[[16]byte](ctx, s.db, "forget notices", `
		SELECT o.cell, o.id
		FROM outbox o
		WHERE o.created_at < $1 AND o.updated_at < $1
			AND o.status IN ('sent', 'delivered', 'failed', 'dead')
			AND o.kind NOT IN ('called_off', 'called_off_line')
			AND NOT EXISTS (SELECT FROM call_back b WHERE b.cell = o.cell AND b.notice_id = o.id AND b.open)
		ORDER BY o.created_at
		LIMIT $2`, `
		DELETE FROM outbox AS o
		USING (SELECT unnest($1::smallint[]) AS cell, unnest($2::uuid[]) AS id) u
		WHERE o.cell = u.cell AND o.id = u.id
			-- unless an operator has it sent again since we looked
			AND o.updated_at < $3
			AND o.status IN ('sent', 'delivered', 'failed', 'dead')`, before, limit)
}
