// Package batch is the base of every room of the store: a pool of connections,
// retries, transactions, and batch writers, which run the calls of many callers
// in one transaction (group commit).
//
//	db, err := batch.New(ctx, pool, batch.Options{})
//	if err != nil {
//		return err
//	}
//	defer db.Close(ctx)
//	w := batch.NewWriter(db, "double", func(ctx context.Context, calls []*batch.Call[int, int]) error {
//		for _, c := range calls {
//			c.Out = 2 * c.In
//		}
//		return nil
//	})
//	n, err := w.Do(ctx, 0, 21) // 42
//
// # What it promises
//
//   - While one batch runs the next one gathers, and there is no timer: a lone
//     caller waits for nobody.
//   - A batch or transaction whose failure is transient (a lost connection, a
//     deadlock, a failover) is retried for 20 s, so everything that is written
//     through it must be idempotent; after that the caller gets the Problem Busy.
//   - One caller's fault is never another's: a batch with a poisoned call in it
//     is halved until that call is alone. A panic is such a fault.
//   - A caller who leaves disturbs nobody, and Close finishes every call that was
//     accepted.
//
// # What was decided, and why
//
// A full queue refuses at once: a caller who hears that we are busy can go to
// the nearest centre, a caller who waits cannot.
//
// Operations that wait for the disk have several workers, which fill the
// moments in which one waits; the others (reading, and saving conversations)
// are done by one worker, as larger batches cost everybody less.
package batch
