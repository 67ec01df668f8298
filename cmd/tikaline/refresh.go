package main

import (
	"context"
	"log/slog"
	"time"

	"tikaline/booking"
	"tikaline/dialog"
	"tikaline/postgres"
)

// A keeper keeps the search in step with the store, lets appointments whose
// day has passed run out, and forgets conversations that nobody went on with.
type keeper struct {
	store *postgres.Store
	core  *booking.Core
	log   *slog.Logger
	every time.Duration

	noticesKept time.Duration // how long finished notices are; 0 is for ever
}

// The whole directory is read again so often, for centres and sessions that an
// operator brought in; and so many appointments run out at a time.
const (
	wholeEvery  = time.Minute
	expireEvery = 10 * time.Minute
	choreEvery  = time.Minute
	inboundKept = 30 * 24 * time.Hour // no provider brings a text again after that
	otpKept     = 3 * 24 * time.Hour  // a number is counted for a day and blocked for another
	expireBatch = 1000
)

// run keeps going until ctx ends. Trouble is logged and tried again: a search
// that is some seconds old still finds centres.
func (k *keeper) run(ctx context.Context) {
	tick := time.NewTicker(k.every)
	defer tick.Stop()
	var since, whole, expired, chores time.Time
	for {
		if now := time.Now(); now.Sub(expired) >= expireEvery {
			k.inBatches(ctx, "appointments ran out", k.core.Expire)
			k.inBatches(ctx, "conversations forgotten", func(ctx context.Context, limit int) (int, error) {
				return k.store.Conversations.Forget(ctx, k.core.Now().Add(-dialog.TTL), limit)
			})
			k.inBatches(ctx, "texts forgotten", func(ctx context.Context, limit int) (int, error) {
				return k.store.Conversations.ForgetInbound(ctx, k.core.Now().Add(-inboundKept), limit)
			})
			if k.noticesKept > 0 {
				k.inBatches(ctx, "notices forgotten", func(ctx context.Context, limit int) (int, error) {
					return k.store.Outbox.ForgetNotices(ctx, k.core.Now().Add(-k.noticesKept), limit)
				})
			}
			k.inBatches(ctx, "one-time passwords forgotten", func(ctx context.Context, limit int) (int, error) {
				return k.store.OTP.ForgetOTP(ctx, k.core.Now().Add(-otpKept), limit)
			})
			k.inBatches(ctx, "sign-ins forgotten", func(ctx context.Context, _ int) (int, error) {
				n, err := k.store.Staff.ForgetSignIns(ctx, k.core.Now())
				return min(n, expireBatch-1), err // it forgets all there are
			})
			k.inBatches(ctx, "counts forgotten", func(ctx context.Context, limit int) (int, error) {
				return k.store.Limits.ForgetLimits(ctx, k.core.Now(), limit)
			})
			expired = now
		}
		// By the programme's clock, as what they do goes by it.
		if now := k.core.Now(); now.Sub(chores) >= choreEvery {
			k.chores(ctx)
			chores = now
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if _, err := k.store.AnalyzeGrown(ctx); err != nil && ctx.Err() == nil {
			k.log.Error("tables not looked at", "err", err)
		}
		counts, next, err := k.store.Places.SlotCounts(ctx, since)
		if err != nil {
			if ctx.Err() == nil {
				k.log.Error("free places not refreshed", "err", err)
			}
			continue
		}
		since = next
		unknown := k.core.Places.Update(counts)
		if unknown == 0 && time.Since(whole) < wholeEvery {
			continue
		}
		d, err := k.store.Places.LoadDirectory(ctx)
		if err != nil {
			if ctx.Err() == nil {
				k.log.Error("places not refreshed", "err", err)
			}
			continue
		}
		k.core.Places.Replace(d)
		whole = time.Now()
	}
}

// chores tells who waits of places that have opened, gives back places that
// were kept in vain, and queues the reminders. Every node may do so: each is
// done once.
func (k *keeper) chores(ctx context.Context) {
	k.inBatches(ctx, "kept places given back", k.core.ExpireHolds)
	for what, do := range map[string]func(context.Context) (int, error){"told of a place": k.core.OfferPlaces, "reminded": k.core.Remind} {
		k.inBatches(ctx, what, func(ctx context.Context, _ int) (int, error) {
			n, err := do(ctx)
			return min(n, expireBatch-1), err // it does all there is to do
		})
	}
}

// inBatches does something until nothing is left to do, and logs how often it
// was done.
func (k *keeper) inBatches(ctx context.Context, what string, do func(context.Context, int) (int, error)) {
	for {
		n, err := do(ctx, expireBatch)
		if err != nil {
			if ctx.Err() == nil {
				k.log.Error("housekeeping failed", "what", what, "err", err)
			}
			return
		}
		if n > 0 {
			k.log.Info("housekeeping", "what", what, "count", n)
		}
		if n < expireBatch {
			return
		}
	}
}
