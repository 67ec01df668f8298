package booking

import (
	"context"
	"slices"
	"time"
)

// OpenCodes makes one-time passwords that a channel may tell to the owner of a
// number: a citizen who waits for one on a page dials or calls and gets it
// there.
type OpenCodes interface {
	// Open makes a fresh code for the open request of the number and returns it
	// with the time at which it expires; ok is false where the number has no
	// open request, which costs no query.
	Open(ctx context.Context, number MSISDN) (code string, until time.Time, ok bool, err error)
}

// OpenCode returns a fresh one-time password to tell the caller, if one was
// requested for this number and the request is still open; ok is false
// otherwise. Only a network proves which number is at the other end, so only
// the channels of CodesBy get a code, and never an agent who acts for the
// number.
func (d *Desk) OpenCode(ctx context.Context) (code string, ok bool, err error) {
	if d.core.Codes == nil || d.agent != "" || !slices.Contains(d.core.CodesBy, d.channel) {
		return "", false, nil
	}
	code, _, ok, err = d.core.Codes.Open(ctx, d.number)
	if err != nil || !ok {
		return "", false, err
	}
	return code, true, nil
}
