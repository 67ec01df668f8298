// Package limits shares between nodes, through Postgres, what each has counted
// for rate limits.
//
//	store := limits.New(db)
//	others, next, err := store.ShareLimits(ctx, node, now, mine, since)
//
// A count is a row for each node and subject, written in place of what it said
// before: no two nodes write the same row.
package limits
