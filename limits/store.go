package limits

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// A Store is where nodes tell each other what they have counted;
// postgres/limits implements it.
type Store interface {
	// ShareLimits stores what a node has counted, each in place of what it said
	// before, and gives what all others have stored since. next is what to ask
	// with the next time; a zero since is everything that still counts.
	ShareLimits(ctx context.Context, node uuid.UUID, now time.Time, mine []Count, since time.Time) (others []Count, next time.Time, err error)

	// ForgetLimits deletes at most limit counts that are over, and returns how many
	// it deleted.
	ForgetLimits(ctx context.Context, now time.Time, limit int) (int, error)
}

// A Count is what one node has counted of one subject.
type Count struct {
	Node    uuid.UUID
	Rule    string
	Subject Subject
	From    time.Time // when the time it is counted in began
	N       int
	Until   time.Time // blocked until then; zero is not
	Ends    time.Time // when it counts no longer
}

// A Subject is whom a rule is about, as a hash: whoever reads the table learns
// neither addresses nor numbers without the key.
type Subject [16]byte

// Cell is where a Subject is stored, as spread as the households are.
func (s Subject) Cell() int16 { return int16(s[2])<<2 | int16(s[3]>>6) }
