// Package benchdb is what cmd/bench asks of a database beside the store: filling
// one by hand, counting what is in it, and booking as one would write it first, to
// measure the store against.
//
//	err := benchdb.Execute(ctx, url, "VACUUM ANALYZE", "CHECKPOINT")
//	store, err := benchdb.OpenNaive(ctx, url)
//
// It stands under postgres as all SQL does.
package benchdb
