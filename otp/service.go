package otp

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
)

// A Service asks for and checks one-time passwords. Its fields must not change
// once it is used; it is safe for concurrent use.
type Service struct {
	Store    Store
	Keys     Keys
	Now      func() time.Time
	Rand     io.Reader // nil is crypto/rand
	Settings Settings
	Limits   Limiter      // nil is none
	Observer func(string) // is told each outcome, one of Outcomes; nil is nobody

	once      sync.Once
	open      *openSet
	over      *recent[uuid.UUID]      // requests that are over
	mayNotAsk *recent[booking.MSISDN] // numbers that may not ask now
}

// Settings are the figures. The zero Settings are those of the original, and
// ours where it had none.
type Settings struct {
	Valid   time.Duration // how long a code is good; 0 is 3 min
	Open    time.Duration // how long a request can be answered, with a fresh code in the end; 0 is 10 min
	Again   time.Duration // how long a number waits before it may ask again; 0 is 1 min
	Tries   int           // tries of a request; 0 is 3
	PerDay  int           // codes sent to a number in 24 h before it is blocked; 0 is 50
	Block   time.Duration // for how long; 0 is 24 h
	Told    int           // fresh codes shown to a caller, after each text; 0 is 5
	Numbers int           // numbers with a request open that are kept in memory; 0 is 500,000
}

func (s Settings) withDefaults() Settings {
	s.Valid = cmp.Or(s.Valid, 3*time.Minute)
	s.Open = cmp.Or(s.Open, 10*time.Minute)
	s.Again = cmp.Or(s.Again, time.Minute)
	s.Tries = cmp.Or(s.Tries, 3)
	s.PerDay = cmp.Or(s.PerDay, 50)
	s.Block = cmp.Or(s.Block, 24*time.Hour)
	s.Told = cmp.Or(s.Told, 5)
	s.Numbers = cmp.Or(s.Numbers, 500_000)
	return s
}

// day is the time in which codes sent to a number are counted.
const day = 24 * time.Hour

// A Limiter limits how many codes may be asked for from an address.
type Limiter interface {
	// Asking counts a request; where it is one too many, ok is false and wait is
	// how long until the next one is accepted.
	Asking(from netip.Addr) (wait time.Duration, ok bool)
}

// A Purpose is who asked. It is stored, and changes nothing: what a code
// proves is whose number it is.
type Purpose string

// The purposes.
const (
	ForPortal  Purpose = "portal"
	ForPartner Purpose = "partner"
	ForPublic  Purpose = "public"
	ForPages   Purpose = "pages"
	ForStaff   Purpose = "staff"
)

// A Reason names one way in which a request or a try is refused.
type Reason string

// The reasons.
const (
	AlreadySent   Reason = "already_sent"   // a code is on its way: wait, dial, or ask again After
	NumberBlocked Reason = "number_blocked" // too many for this number
	TooMany       Reason = "too_many"       // too many from this address
	Wrong         Reason = "wrong"          // not the code; Left tries are left
	Over          Reason = "over"           // used, too old, tried too often, or never asked for: ask anew
)

// Reasons lists every Reason, for the tests of their wording.
var Reasons = []Reason{AlreadySent, NumberBlocked, TooMany, Wrong, Over}

// Outcomes lists what an Observer is told: a code was asked for, told to who
// dialled, or right; a Reason; or there was trouble of ours.
var Outcomes = []string{
	"asked", "told", "right", string(AlreadySent), string(NumberBlocked), string(TooMany), string(Wrong), string(Over), "failed",
}

func (s *Service) observe(outcome string, err error) {
	if s.Observer == nil {
		return
	}
	if r, refused := AsRefusal(err); refused {
		outcome = string(r.Reason)
	} else if err != nil {
		outcome = "failed"
	}
	s.Observer(outcome)
}

// A Refusal is an answer to a caller, not an accident: the channel words it, and it
// is never logged as an error. It is the same whether or not
// anybody is registered with the number.
type Refusal struct {
	Reason Reason
	After  time.Duration // until one may ask again
	Left   int           // of Wrong: tries that are left
}

func (r *Refusal) Error() string { return "one-time password refused: " + string(r.Reason) }

// AsRefusal returns the Refusal in err, and false where there is none.
func AsRefusal(err error) (*Refusal, bool) { return errors.AsType[*Refusal](err) }

func (s *Service) begin() {
	s.once.Do(func() {
		s.Settings = s.Settings.withDefaults()
		s.open = newOpenSet(s.Settings.Numbers)
		s.over = newRecent[uuid.UUID]()
		s.mayNotAsk = newRecent[booking.MSISDN]()
		if s.Rand == nil {
			s.Rand = rand.Reader
		}
	})
}

// now returns the time in microseconds, as it is stored.
func (s *Service) now() time.Time { return s.Now().Truncate(time.Microsecond) }

// Ask opens a request for a number, queues its code as a text, and returns the id of
// the request. It does the same, and as much, for every number, registered or not.
// The error is a *Refusal with the Reason where a code may not be asked for now.
func (s *Service) Ask(ctx context.Context, number booking.MSISDN, purpose Purpose, from netip.Addr) (uuid.UUID, error) {
	return s.AskOnce(ctx, uuid.Nil, number, purpose, from)
}

// AskOnce is Ask with a request id of the caller's: the same one again opens nothing
// new and returns the same request. once must be as hard to guess as the request;
// uuid.Nil is none.
func (s *Service) AskOnce(ctx context.Context, once uuid.UUID, number booking.MSISDN, purpose Purpose, from netip.Addr) (uuid.UUID, error) {
	txn, err := s.ask(ctx, once, number, purpose, from)
	s.observe("asked", err)
	return txn, err
}

func (s *Service) ask(ctx context.Context, once uuid.UUID, number booking.MSISDN, purpose Purpose, from netip.Addr) (uuid.UUID, error) {
	s.begin()
	now := s.now()
	if s.Limits != nil {
		if wait, ok := s.Limits.Asking(from); !ok {
			return uuid.Nil, &Refusal{Reason: TooMany, After: wait}
		}
	}
	if refused, until, ok := s.mayNotAsk.get(number, now); ok {
		return uuid.Nil, &Refusal{Reason: refused, After: until.Sub(now)}
	}
	random, err := s.orRandom(once)
	if err != nil {
		return uuid.Nil, fmt.Errorf("ask for a code: %w", err)
	}
	txn := newTxn(number.Cell(), random)
	secret, note, err := s.secret(number, now)
	if err != nil {
		return uuid.Nil, fmt.Errorf("ask for a code: %w", err)
	}
	id, err := uuid.NewV7FromReader(s.Rand)
	if err != nil {
		return uuid.Nil, fmt.Errorf("ask for a code: %w", err)
	}
	a, err := s.Store.AskOTP(ctx, Asking{
		Txn: txn, Number: number, Purpose: purpose, At: now, Until: now.Add(s.Settings.Open), Secret: secret,
		Notice: booking.Notice{
			ID: id, To: number, Key: "otp:" + id.String(), Kind: booking.NoticeOTP, Medium: "sms",
			Priority: booking.PriorityOTP, Due: now, Data: booking.NoticeData{OTP: note},
		},
		Since: now.Add(-s.Settings.Again), Day: now.Add(-day), Most: s.Settings.PerDay, Block: now.Add(s.Settings.Block),
	})
	switch {
	case err != nil:
		return uuid.Nil, fmt.Errorf("ask for a code: %w", err)
	case a.Granted:
		s.open.add(number, now.Add(s.Settings.Open))
		return txn, nil
	case a.Blocked.After(now):
		return uuid.Nil, s.refuse(number, NumberBlocked, a.Blocked, now)
	}
	return uuid.Nil, s.refuse(number, AlreadySent, a.Last.Add(s.Settings.Again), now)
}

// orRandom returns once, or a random id in place of uuid.Nil.
func (s *Service) orRandom(once uuid.UUID) (uuid.UUID, error) {
	if once != uuid.Nil {
		return once, nil
	}
	_, err := io.ReadFull(s.Rand, once[:])
	return once, err
}

// refuse remembers the refusal of a number: the next request is answered from
// memory.
func (s *Service) refuse(number booking.MSISDN, r Reason, until, now time.Time) *Refusal {
	s.mayNotAsk.put(number, r, until)
	return &Refusal{Reason: r, After: max(until.Sub(now), time.Second)}
}

// secret returns a new code for a number, as it is stored and as a notice carries
// it.
func (s *Service) secret(number booking.MSISDN, now time.Time) (Secret, string, error) {
	var seed uuid.UUID
	if _, err := io.ReadFull(s.Rand, seed[:]); err != nil {
		return Secret{}, "", err
	}
	k := s.Keys.Current()
	hash := keyedHash(k, number, Hash(digits(k, number, seed)))
	until := now.Add(s.Settings.Valid)
	return Secret{Hash: hash, Until: until}, notation(k, seed, until), nil
}

// Check compares the Hash of what somebody typed with the code of a request, and
// returns the number that it proves. The right one is accepted once. The error is a
// *Refusal: Wrong, with the tries left, or Over.
func (s *Service) Check(ctx context.Context, txn uuid.UUID, hash string) (booking.MSISDN, error) {
	return s.CheckOnce(ctx, uuid.Nil, txn, hash)
}

// CheckOnce is Check with an id for the try: a right try that is repeated with the
// same id, while the request is open, is accepted again. So once must be made of the
// hash and of something that nobody else knows; uuid.Nil is none.
func (s *Service) CheckOnce(ctx context.Context, once, txn uuid.UUID, hash string) (booking.MSISDN, error) {
	number, err := s.check(ctx, once, txn, hash)
	s.observe("right", err)
	return number, err
}

func (s *Service) check(ctx context.Context, once, txn uuid.UUID, hash string) (booking.MSISDN, error) {
	s.begin()
	now := s.now()
	cell, ok := cellOf(txn)
	if _, _, over := s.over.get(txn, now); !ok || over {
		return "", &Refusal{Reason: Over}
	}
	hash = strings.ToLower(hash)
	if !isHash(hash) {
		// Nobody can have guessed with it, so it is no try. Nobody is told
		// how many are left either.
		return "", &Refusal{Reason: Wrong}
	}
	attempt, err := s.orRandom(once)
	if err != nil {
		return "", fmt.Errorf("check a code: %w", err)
	}
	c, err := s.Store.CheckOTP(ctx, Checking{
		Cell: cell, Txn: txn, Attempt: attempt, At: now, Most: s.Settings.Tries,
		Match: func(number booking.MSISDN, hashes [][]byte) int { return s.Keys.match(number, hash, hashes) },
	})
	switch {
	case err != nil:
		return "", fmt.Errorf("check a code: %w", err)
	case c.Right:
		s.mayNotAsk.forget(c.Number)
		return c.Number, nil
	case c.Left > 0:
		return "", &Refusal{Reason: Wrong, Left: c.Left}
	}
	s.over.put(txn, Over, now.Add(s.Settings.Open))
	return "", &Refusal{Reason: Over}
}

// Fresh makes a fresh code for the request that a number has open, to be told to
// whoever has dialled or called from it. The code before it stays good for its
// time: the text that was late may still come.
func (s *Service) Fresh(ctx context.Context, number booking.MSISDN) (code string, until time.Time, ok bool, err error) {
	s.begin()
	now := s.now()
	var seed uuid.UUID
	if _, err := io.ReadFull(s.Rand, seed[:]); err != nil {
		return "", time.Time{}, false, fmt.Errorf("fresh code: %w", err)
	}
	k := s.Keys.Current()
	code = digits(k, number, seed)
	secret := Secret{Hash: keyedHash(k, number, Hash(code)), Until: now.Add(s.Settings.Valid)}
	ok, err = s.Store.FreshOTP(ctx, Freshening{Number: number, At: now, Secret: secret, Tries: s.Settings.Tries, Most: s.Settings.Told})
	if err != nil {
		s.observe("", err)
		return "", time.Time{}, false, fmt.Errorf("fresh code: %w", err)
	}
	if !ok {
		s.open.drop(number)
		return "", time.Time{}, false, nil
	}
	s.observe("told", nil)
	return code, secret.Until, true, nil
}

// Code returns the digits of a notice, made at the moment of sending, without a
// query. The error is the Refusal Over where the code is no longer valid: an operator
// may have queued an old notice again.
func (s *Service) Code(_ context.Context, n booking.Notice) (string, error) {
	k, seed, until, err := s.Keys.read(n.Data.OTP)
	if err != nil {
		return "", fmt.Errorf("code of a notice: %w", err)
	}
	if !s.Now().Before(until) {
		return "", &Refusal{Reason: Over}
	}
	return digits(k, n.To, seed), nil
}
