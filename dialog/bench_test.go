package dialog_test

import (
	"context"
	"testing"

	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/dialog"
	"tikaline/dialog/walk"
)

// BenchmarkTurn is what the engine costs for one answer, without the store and
// the network: read the State, ask, take the answer, ask the next, write the
// State. The steps are the two ends of what there is: a plain question, and one
// that offers a list. What a search costs is booking's to measure.
func BenchmarkTurn(b *testing.B) {
	for name, path := range map[string][]string{
		"plain": {"register", "Asha", "1958"},
		"list":  {"book"},
	} {
		b.Run(name, func(b *testing.B) {
			ctx := context.Background()
			engine := dialog.New(uuid.New)
			core := atOnce{Core: walk.New(monday)}
			core.House.Language, core.House.Pincode = "en", walk.Pincode
			core.AddPerson("en", 1958)
			core.offers = core.Core.Nearest(booking.Located{}, nil, 7)
			stored := []byte("{}")
			turn := func(in string) []byte {
				s := new(dialog.State)
				if itself, err := dialog.Unmarshal(stored, s); err != nil || !itself {
					b.Fatal(itself, err)
				}
				t := engine.Talk(core, s)
				p, err := t.Current(ctx)
				if err == nil && in != "" {
					p, err = t.Answer(ctx, p, in)
				}
				if err != nil {
					b.Fatal(err)
				}
				if p.Note.ID != "" {
					b.Fatalf("%s: %s", p.Say.ID, p.Note.ID)
				}
				after, err := dialog.Encode(s)
				if err != nil {
					b.Fatal(err)
				}
				return after
			}
			stored = turn("")
			last := path[len(path)-1]
			for _, in := range path[:len(path)-1] {
				stored = turn(in)
			}
			b.ReportAllocs()
			for b.Loop() {
				turn(last)
			}
		})
	}
}

// atOnce is a core that finds the centres without looking.
type atOnce struct {
	*walk.Core
	offers []booking.Offer
}

func (c atOnce) Nearest(booking.Located, *booking.Beneficiary, int) []booking.Offer { return c.offers }
