package booking

import "time"

// CallTime is when a call that is wanted at t is made: nobody is called at night.
func CallTime(t time.Time) time.Time { return byDay(t) }
