package channel

import "sync/atomic"

// An Admission lets in as many requests as can be worked on at once. New
// conversations are refused while a fifth is still kept for those that have
// begun: it is better to finish with some than to drop all half-way. It is safe
// for concurrent use.
type Admission struct {
	most   int64
	inside atomic.Int64
}

// NewAdmission returns an Admission for most requests at once.
func NewAdmission(most int) *Admission { return &Admission{most: int64(most)} }

// Enter lets a request in and returns what to call when it is done; ok is false
// where it is refused. begins says that nothing is lost yet if it is.
func (a *Admission) Enter(begins bool) (leave func(), ok bool) {
	most := a.most
	if begins {
		most -= a.most / 5
	}
	if a.inside.Add(1) > most {
		a.inside.Add(-1)
		return nil, false
	}
	return func() { a.inside.Add(-1) }, true
}
