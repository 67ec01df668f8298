package conversations

import (
	"context"
	"tikaline/postgres/batch"
	"time"
)

// Forget deletes at most limit conversations that were last continued before a
// time, and returns how many: a citizen's input is kept no longer than it is of
// use. The household keeps its language.
func (s *Store) Forget(ctx context.Context, before time.Time, limit int) (int, error) {
	return batch.DeleteFound[string](ctx, s.db, "forget conversations", `
		SELECT cell, msisdn
		FROM conversation
		WHERE updated_at < $1
		LIMIT $2`, `
		DELETE FROM conversation AS c
		USING (SELECT unnest($1::smallint[]) AS cell, unnest($2::text[]) AS msisdn) u
		WHERE c.cell = u.cell
			AND c.msisdn = u.msisdn
			-- unless somebody went on with it since we looked
			AND c.updated_at < $3`, before, limit)
}
