package ops

import (
	"errors"
	"fmt"
	"time"

	"tikaline/booking"
)

// Waits is the settings of everything in which somebody waits for an answer.
type Waits struct {
	WaitHold     time.Duration `env:"TIKALINE_WAIT_HOLD" default:"30m" help:"How long a place is kept for a person who said YES to it."`
	WaitAnswer   time.Duration `env:"TIKALINE_WAIT_ANSWER" default:"2h" help:"How long a person may answer an offer of an open place before others are offered it."`
	WaitWaves    int           `env:"TIKALINE_WAIT_WAVES" default:"3" help:"How many offers a person on the waiting list gets who does not answer."`
	WaitMultiple int           `env:"TIKALINE_WAIT_MULTIPLE" default:"2" help:"How many people of the waiting list are offered each open place."`
	WaitKm       float64       `env:"TIKALINE_WAIT_KM" default:"25" help:"How many kilometres away a place may be that is offered to a person who waits, or given in place of one called off."`
	WaitOffer    time.Duration `env:"TIKALINE_WAIT_OFFER" default:"24h" help:"How long another place is kept for a person whose session was called off."`
}

// Rules returns the settings as the core takes them.
func (w Waits) Rules() booking.Waits {
	return booking.Waits{Hold: w.WaitHold, Answer: w.WaitAnswer, Waves: w.WaitWaves, Multiple: w.WaitMultiple, Km: w.WaitKm, Offer: w.WaitOffer}
}

// Check refuses what would make everybody wait in vain, such as a place that is
// given back before an SMS has been read. The core takes 0 for its default.
func (w Waits) Check() error {
	for name, d := range map[string]time.Duration{"HOLD": w.WaitHold, "ANSWER": w.WaitAnswer, "OFFER": w.WaitOffer} {
		if d != 0 && (d < 5*time.Minute || d > 7*24*time.Hour) {
			return fmt.Errorf("TIKALINE_WAIT_%s %v is not between 5m and 168h", name, d)
		}
	}
	if w.WaitHold%time.Minute != 0 {
		return fmt.Errorf("TIKALINE_WAIT_HOLD %v is no whole number of minutes, as people are told it", w.WaitHold)
	}
	if w.WaitWaves < 0 || w.WaitMultiple < 0 || w.WaitKm < 0 {
		return errors.New("TIKALINE_WAIT_WAVES, TIKALINE_WAIT_MULTIPLE and TIKALINE_WAIT_KM must be above 0")
	}
	return nil
}
