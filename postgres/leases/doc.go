// Package leases keeps leases in Postgres: work that only one node should do at
// a time is done by the node that has its lease.
//
//	token, err := store.Acquire(ctx, "wave", now, now.Add(time.Minute))
//	if err != nil || token == 0 {
//		return err // another node does it
//	}
//	defer store.Release(ctx, "wave", token, now)
//
// # What was decided, and why
//
// A lease expires by itself, so a node that dies delays the work for no longer.
// A write under a lease names its fencing token (Keep), because the node may
// have been asleep while its lease expired and another node acquired it.
//
// A lease is a row, not an advisory lock: those belong to a connection, and
// PgBouncer gives each transaction another. Its table is called turn since
// migration 0006.
package leases
