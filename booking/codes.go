package booking

import (
	"context"
	"slices"
	"time"
)

// OpenCodes is one-time passwords as a channel that reaches a number's owner may
// tell them: who waits for one on a page dials or calls and hears it.
type OpenCodes interface {
	// Open makes a fresh code for the request that the number has open; ok is
	// false where it has none. It costs no query then.
	Open(ctx context.Context, number MSISDN) (code string, until time.Time, ok bool, err error)
}

// OpenCode is a fresh one-time password to tell whoever has dialled or called,
// if one was asked for with this number and is still waited for. Only a network
// vouches for who is at the other end, so only the channels of CodesBy tell it,
// and never to an agent on the number's behalf.
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
