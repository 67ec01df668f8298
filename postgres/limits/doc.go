// Package limits shares the counts of rate limits between nodes, through
// Postgres.
//
//	store := limits.New(db)
//	others, next, err := store.ShareLimits(ctx, node, now, mine, since)
//
// A count is a row for each node and subject, which the node overwrites: no two
// nodes write the same row.
package limits
