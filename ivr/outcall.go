package ivr

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/google/uuid"

	"tikaline/calls"
	"tikaline/outbox"
	"tikaline/outbox/ask"
)

// ringing is how long a call of ours rings. The network's own voice box answers
// after half a minute.
const ringing = 25 * time.Second

// A Dialler makes the outbox's calls by a provider, and notes each as it begins:
// a line is in use from then on, whoever asks.
type Dialler struct {
	outbox.Provider
	Wire  string // what the provider's events go by
	Began func(context.Context, calls.Call) (calls.Call, error)
	Log   *slog.Logger
}

// Send makes a call. Where it cannot be noted it is made all the same: the
// provider's first request for it notes it.
func (d Dialler) Send(ctx context.Context, m outbox.Message) (outbox.Receipt, error) {
	r, err := d.Provider.Send(ctx, m)
	if err != nil {
		return r, err
	}
	key := calls.Key{Number: m.To, Provider: d.Wire, ProviderID: r.ProviderID}
	if _, err := d.Began(ctx, calls.Call{Key: key, Direction: calls.Out, Language: m.Lang, Notice: m.ID}); err != nil {
		d.Log.Error("noting a call that was made failed", "err", err, "provider", d.Wire, "to", m.To.Tail())
	}
	return r, nil
}

// callAddress returns an address of ours that a provider asks about the call of a
// queued notice.
func callAddress(base, path string, notice uuid.UUID) string {
	return strings.TrimSuffix(base, "/") + path + "?" + url.Values{"notice": {notice.String()}}.Encode()
}

// alphanumeric is what ids in addresses are made of.
var alphanumeric = regexp.MustCompile(`^[A-Za-z0-9]+$`)

// absolute checks an address in the settings, in which there is no password.
func absolute(what, address string) error {
	u, err := ask.Address(what, address)
	if err == nil && u.User != nil {
		err = errors.New(what + " has a password in it")
	}
	return err
}
