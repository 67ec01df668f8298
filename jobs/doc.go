// Package jobs runs everything periodic: each job in a goroutine of its own, so
// that none holds up another.
//
//	r := &jobs.Runner{Jobs: []jobs.Job{
//		{Name: "places", Every: 2 * time.Second, Do: jobs.Once(refresh)},
//		jobs.Housekeeping("forget_notices", forgetNotices),
//	}, Now: time.Now, Log: log, Leases: store}
//	r.Run(ctx) // until ctx ends
//
// # What was decided
//
// A job with much to do works in slices. It is called again and again until its
// budget is used up, then rests nine times as long as it worked, and goes on.
// So each takes at most a tenth of the time of one connection, however many rows
// wait; and what a job has to go on from is in the store, or in its own function,
// never here. Background jobs begin one after the other, and after those that
// somebody waits for.
//
// What has failed is logged, counted and done again at its next time: nothing
// periodic is worth an attempt of its own. A panic is a failure like another.
//
// A job with a lease is done by one node at a time. A lease is kept until the
// next run is due, so that of many nodes one does it once an interval. Jobs are
// nevertheless such that two at once do no harm: a lease may run out.
//
// Time is measured by the machine. When a run is due is told by the clock that
// is handed in as well, because what a job looks for (places held until twelve)
// goes by that clock, and tests move it.
//
// The package imports nothing but the standard library.
package jobs
