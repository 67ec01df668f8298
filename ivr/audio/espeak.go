package audio

import (
	"context"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// Speed is how many words a minute espeak-ng is asked for. locales.Spoken
// reckons with the same.
const Speed = 140

// A Speaker says words with espeak-ng.
type Speaker struct{ program, dir string }

// NewSpeaker finds espeak-ng, and takes a directory for its passing files.
func NewSpeaker(dir string) (*Speaker, error) {
	program, err := exec.LookPath("espeak-ng")
	if err != nil {
		return nil, fmt.Errorf("espeak-ng is not installed (apt-get install espeak-ng): %w", err)
	}
	return &Speaker{program, dir}, nil
}

// Say is a text as it sounds on a telephone.
func (s *Speaker) Say(ctx context.Context, lang, text string) (Sound, error) {
	if lang == "en" {
		lang = "en-gb" // nearer to the English of India than its default
	}
	file := filepath.Join(s.dir, "espeak.wav")
	defer os.Remove(file)
	run := exec.CommandContext(ctx, s.program, "-v", lang, "-s", strconv.Itoa(Speed), "-w", file, "--stdin")
	run.Stdin = strings.NewReader(text)
	if out, err := run.CombinedOutput(); err != nil {
		return Sound{}, fmt.Errorf("espeak-ng in %s: %w: %s", lang, err, out)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return Sound{}, err
	}
	sound, err := ReadWAV(b)
	if err != nil {
		return Sound{}, fmt.Errorf("espeak-ng in %s: %w", lang, err)
	}
	return Resample(sound).trim(), nil
}

// around is what is left of silence before and after words.
const around = Rate / 10

// trim takes silence off both ends.
func (s Sound) trim() Sound {
	from, to := 0, len(s.Samples)
	for from < to && abs(s.Samples[from]) < quiet {
		from++
	}
	for to > from && abs(s.Samples[to-1]) < quiet {
		to--
	}
	s.Samples = s.Samples[max(0, from-around):min(len(s.Samples), to+around)]
	return s
}

func abs(v int16) int { return max(int(v), -int(v)) }

// Silence is nothing for so long.
func Silence(seconds float64) Sound {
	return Sound{Rate: Rate, Channels: 1, Samples: make([]int16, int(seconds*Rate))}
}

// Join is sounds after another. They have the rate of a telephone.
func Join(sounds ...Sound) Sound {
	all := Sound{Rate: Rate, Channels: 1}
	for _, s := range sounds {
		all.Samples = append(all.Samples, s.Samples...)
	}
	return all
}

// How Resample filters: nothing above what a telephone carries is left to fold
// back into it, and so many waves to each side are looked at.
const (
	cutoff = 3600.0
	waves  = 16
	loud   = 0.707 * math.MaxInt16 // 3 dB below the most there can be
)

// Resample brings a sound of one channel to the rate of a telephone, and to a
// loudness that is the same for all. It is a sinc under a Hann window.
func Resample(s Sound) Sound {
	fc := math.Min(cutoff, 0.45*float64(s.Rate)) / float64(s.Rate) // in waves a sample
	half := int(waves / (2 * fc))
	kernels := make([][]float64, Rate) // by how far behind a sample it is; few of them occur
	out := make([]float64, len(s.Samples)*Rate/s.Rate)
	most := 0.0
	for i := range out {
		at, behind := i*s.Rate/Rate, i*s.Rate%Rate
		if kernels[behind] == nil {
			kernels[behind] = kernel(fc, half, float64(behind)/Rate)
		}
		sum := 0.0
		for k, weight := range kernels[behind] {
			if j := at - half + k; j >= 0 && j < len(s.Samples) {
				sum += float64(s.Samples[j]) * weight
			}
		}
		out[i] = sum
		most = math.Max(most, math.Abs(sum))
	}
	scale := 1.0
	if most > 0 {
		scale = loud / most
	}
	samples := make([]int16, len(out))
	for i, v := range out {
		samples[i] = int16(math.Round(v * scale))
	}
	return Sound{Rate: Rate, Channels: 1, Samples: samples}
}

// kernel is how much the samples around count for a point that is so far behind
// the middle one.
func kernel(fc float64, half int, behind float64) []float64 {
	w := make([]float64, 2*half+2)
	for k := range w {
		x := float64(k-half) - behind
		if math.Abs(x) <= float64(half)+1 {
			w[k] = 2 * fc * sinc(2*fc*x) * 0.5 * (1 + math.Cos(math.Pi*x/float64(half+1)))
		}
	}
	return w
}

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}
