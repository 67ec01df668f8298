package ops

import (
	"errors"
	"fmt"
	"time"

	"tikaline/booking"
)

// Waits is the settings of everything in which somebody waits for an answer.
type Waits struct {
	WaitHold     time.Duration `env:"TIKALINE_WAIT_HOLD" default:"30m" help:"How long a place is kept for who said YES to it."`
	WaitAnswer   time.Duration `env:"TIKALINE_WAIT_ANSWER" default:"2h" help:"How long who was told of an open place comes before those behind."`
	WaitWaves    int           `env:"TIKALINE_WAIT_WAVES" default:"3" help:"How often somebody on the waiting list who does not answer is told."`
	WaitMultiple int           `env:"TIKALINE_WAIT_MULTIPLE" default:"2" help:"How many of the waiting list are told of each open place."`
	WaitKm       float64       `env:"TIKALINE_WAIT_KM" default:"25" help:"How many kilometres away a place may be that somebody who waits is told of, or is given in place of one called off."`
	WaitOffer    time.Duration `env:"TIKALINE_WAIT_OFFER" default:"24h" help:"How long another place is kept for whom a centre called off."`
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
