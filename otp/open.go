package otp

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"tikaline/booking"
)

// WatchEvery is how often what Watch returns is to be called: a number that asked
// at one node is told its code at another after so long.
const WatchEvery = time.Second

// How far each reading of the numbers with a request open reaches back over the
// one before, and how many are read at once.
const (
	watchOverlap = 5 * time.Second
	watchMost    = 50_000
)

// An openSet holds the numbers that have a request open, by their digits: a dialled
// session asks it first, and the store only where the number is in it.
type openSet struct {
	most int

	mu    sync.Mutex
	until map[uint64]int64 // Unix seconds
}

func newOpenSet(most int) *openSet { return &openSet{most: most, until: make(map[uint64]int64)} }

func keyOf(number booking.MSISDN) uint64 {
	n, _ := strconv.ParseUint(strings.TrimPrefix(string(number), "+"), 10, 64)
	return n
}

func (o *openSet) add(number booking.MSISDN, until time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if _, there := o.until[keyOf(number)]; there || len(o.until) < o.most {
		o.until[keyOf(number)] = until.Unix()
	}
}

func (o *openSet) drop(number booking.MSISDN) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.until, keyOf(number))
}

func (o *openSet) has(number booking.MSISDN, now time.Time) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	until, ok := o.until[keyOf(number)]
	return ok && until > now.Unix()
}

// sweep forgets what has ended.
func (o *openSet) sweep(now time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for n, until := range o.until {
		if until <= now.Unix() {
			delete(o.until, n)
		}
	}
}

// Open is booking.OpenCodes: a fresh code where the number has a request open,
// and no query where it has none.
func (s *Service) Open(ctx context.Context, number booking.MSISDN) (code string, until time.Time, ok bool, err error) {
	s.begin()
	if !s.open.has(number, s.now()) {
		return "", time.Time{}, false, nil
	}
	return s.Fresh(ctx, number)
}

var _ booking.OpenCodes = (*Service)(nil)

// Watch returns what learns which numbers have asked at other nodes. It is to be
// called every WatchEvery, never twice at once. At its own node a request is
// known at once, elsewhere after the next call.
func (s *Service) Watch() func(context.Context) error {
	s.begin()
	since := s.now().Add(-s.Settings.Open)
	n := 0
	return func(ctx context.Context) error {
		now := s.now()
		if n++; n%60 == 0 {
			s.open.sweep(now)
		}
		err := s.Learn(ctx, since)
		if err == nil {
			since = now.Add(-watchOverlap)
		}
		return err
	}
}

// Learn reads once which numbers have asked since.
func (s *Service) Learn(ctx context.Context, since time.Time) error {
	s.begin()
	list, err := s.Store.OpenOTP(ctx, since, s.now(), watchMost)
	for _, o := range list {
		s.open.add(o.Number, o.Until)
	}
	return err
}

// recentMost bounds what is remembered of refusals.
const recentMost = 50_000

// recent remembers refusals for a while, so that repeated requests are answered
// without the store. It forgets the oldest where there are too many.
type recent[K comparable] struct {
	mu  sync.Mutex
	lru *simplelru.LRU[K, refused]
}

type refused struct {
	reason Reason
	until  time.Time
}

func newRecent[K comparable]() *recent[K] {
	lru, err := simplelru.NewLRU[K, refused](recentMost, nil)
	if err != nil {
		panic(err) // only of a size below one
	}
	return &recent[K]{lru: lru}
}

func (r *recent[K]) put(k K, reason Reason, until time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lru.Add(k, refused{reason, until})
}

func (r *recent[K]) forget(k K) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lru.Remove(k)
}

func (r *recent[K]) get(k K, now time.Time) (Reason, time.Time, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e, ok := r.lru.Get(k)
	if ok && !e.until.After(now) {
		r.lru.Remove(k)
		ok = false
	}
	return e.reason, e.until, ok
}
