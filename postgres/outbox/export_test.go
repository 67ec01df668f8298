package outbox

import (
	"context"
	"errors"
	"time"

	"tikaline/outbox"
	"tikaline/postgres/batch"
)

// HandTogether is Hand for several handovers that are in one batch.
func (s *Store) HandTogether(ctx context.Context, now time.Time, list ...outbox.Handover) ([]bool, error) {
	var calls []*batch.Call[handover, bool]
	for _, h := range list {
		try, err := tries(h.Try)
		if err != nil {
			return nil, err
		}
		calls = append(calls, &batch.Call[handover, bool]{In: handover{h, now, try}})
	}
	return together(ctx, calls, s.handBatch)
}

// RecordTogether is Record for several changes that are in one batch.
func (s *Store) RecordTogether(ctx context.Context, now time.Time, list ...outbox.Change) ([]*outbox.Recorded, error) {
	var calls []*batch.Call[change, *outbox.Recorded]
	for _, c := range list {
		try, err := tries(c.Try)
		if err != nil {
			return nil, err
		}
		calls = append(calls, &batch.Call[change, *outbox.Recorded]{In: change{c, now, try}})
	}
	return together(ctx, calls, s.recordBatch)
}

// together runs calls as a Writer does: as one batch, and each that asks for it
// once more alone.
func together[Q, R any](ctx context.Context, calls []*batch.Call[Q, R], run func(context.Context, []*batch.Call[Q, R]) error) ([]R, error) {
	if err := run(ctx, calls); err != nil {
		return nil, err
	}
	var answers []R
	for _, c := range calls {
		if errors.Is(c.Err, batch.ErrRequeue) {
			if c.Err = nil; run(ctx, []*batch.Call[Q, R]{c}) != nil || c.Err != nil {
				return nil, errors.New("a call alone fails")
			}
		}
		answers = append(answers, c.Out)
	}
	return answers, nil
}
