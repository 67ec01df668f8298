package calls

import "time"

// NextCallTime returns when a call that is asked for at t is made: nobody is
// called at night.
func NextCallTime(t time.Time) time.Time { return byDay(t) }
