package limits

import (
	"encoding/binary"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// A Rule allows so many (Most) of something in a time (In). One more is refused until
// that time is over, or for as long as Block.
type Rule struct {
	Name  string // stored
	Most  int
	In    time.Duration
	Block time.Duration
}

// A rule is a Rule at work, for a bounded number of subjects; of more it forgets the
// least recently used.
type rule struct {
	Rule
	worth  int // the count from which on it is shared with other nodes
	shards [16]shard
}

type shard struct {
	mu    sync.Mutex
	lru   *simplelru.LRU[Subject, *tally]
	dirty map[Subject]struct{} // to be shared with other nodes
}

// A tally is what is known of one subject.
type tally struct {
	from   int64 // when its time began, in Unix seconds
	mine   int   // counted here
	until  int64 // blocked until then
	theirs []theirs
}

// theirs is the count of another node.
type theirs struct {
	node uuid.UUID
	n    int
}

func (t *tally) total() int {
	n := t.mine
	for _, o := range t.theirs {
		n += o.n
	}
	return n
}

func newRule(r Rule, remember int) *rule {
	w := &rule{Rule: r, worth: max(1, r.Most/10)}
	for i := range w.shards {
		sh := &w.shards[i]
		lru, err := simplelru.NewLRU(max(1, remember/len(w.shards)), func(s Subject, _ *tally) { delete(sh.dirty, s) })
		if err != nil {
			panic(err) // only of a size below one
		}
		sh.lru, sh.dirty = lru, make(map[Subject]struct{})
	}
	return w
}

func (r *rule) shard(s Subject) *shard { return &r.shards[int(s[0])%len(r.shards)] }

// window returns when the time of a subject began. Each has a beginning of its own:
// not everybody is let in again at the same moment.
func (r *rule) window(s Subject, now time.Time) int64 {
	in := int64(r.In / time.Second)
	offset := int64(binary.BigEndian.Uint32(s[4:])) % in
	return now.Unix() - ((now.Unix()-offset)%in+in)%in
}

// at returns the tally of a subject in its present time; mu is held.
func (r *rule) at(sh *shard, s Subject, now time.Time) *tally {
	from := r.window(s, now)
	t, ok := sh.lru.Get(s)
	if !ok {
		t = &tally{from: from}
		sh.lru.Add(s, t)
	}
	if t.from != from {
		t.from, t.mine, t.theirs = from, 0, nil
	}
	return t
}

// take counts n if there is room for one; n may be 0, to ask.
func (r *rule) take(s Subject, now time.Time, n int) (wait time.Duration, ok bool) {
	sh := r.shard(s)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	t := r.at(sh, s, now)
	if t.until > now.Unix() {
		return time.Unix(t.until, 0).Sub(now), false
	}
	if t.total() >= r.Most {
		end := time.Unix(t.from, 0).Add(r.In)
		if r.Block > 0 && n > 0 {
			end = now.Add(r.Block)
			t.until = end.Unix()
			sh.dirty[s] = struct{}{}
		}
		return end.Sub(now), false
	}
	t.mine += n
	if n > 0 && t.mine >= r.worth {
		sh.dirty[s] = struct{}{}
	}
	return 0, true
}

// pending returns at most most counts that the other nodes do not know yet.
func (r *rule) pending(node uuid.UUID, now time.Time, most int) []Count {
	var list []Count
	for i := range r.shards {
		sh := &r.shards[i]
		sh.mu.Lock()
		for s := range sh.dirty {
			if len(list) >= most {
				break
			}
			delete(sh.dirty, s)
			t, ok := sh.lru.Peek(s)
			if !ok {
				continue
			}
			c := Count{Node: node, Rule: r.Name, Subject: s, From: time.Unix(t.from, 0), N: t.mine}
			c.Ends = c.From.Add(r.In)
			if t.until > 0 {
				c.Until = time.Unix(t.until, 0)
				if c.Until.After(c.Ends) {
					c.Ends = c.Until
				}
			}
			if c.Ends.After(now) {
				list = append(list, c)
			}
		}
		sh.mu.Unlock()
	}
	return list
}

// putBack has a count that could not be shared sent the next time.
func (r *rule) putBack(s Subject) {
	sh := r.shard(s)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sh.lru.Contains(s) {
		sh.dirty[s] = struct{}{}
	}
}

// learn records what another node has counted.
func (r *rule) learn(c Count, now time.Time) {
	sh := r.shard(c.Subject)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	t := r.at(sh, c.Subject, now)
	if !c.Until.IsZero() {
		t.until = max(t.until, c.Until.Unix())
	}
	if c.From.Unix() != t.from {
		return
	}
	for i := range t.theirs {
		if t.theirs[i].node == c.Node {
			t.theirs[i].n = c.N
			return
		}
	}
	t.theirs = append(t.theirs, theirs{c.Node, c.N})
}
