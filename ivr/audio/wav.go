package audio

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

// Rate is how many samples a second a telephone carries.
const Rate = 8000

// A Sound is what is in a WAV file of 16-bit PCM.
type Sound struct {
	Rate     int
	Channels int
	Samples  []int16
}

// Took is how long it is.
func (s Sound) Took() time.Duration {
	if s.Rate == 0 || s.Channels == 0 {
		return 0
	}
	return time.Duration(len(s.Samples)/s.Channels) * time.Second / time.Duration(s.Rate)
}

const (
	pcm        = 1
	extensible = 0xFFFE // whose real format is the first two bytes of its GUID
)

// ReadWAV reads a WAV file. Anything but 16-bit PCM is an error that says what
// it is.
func ReadWAV(b []byte) (Sound, error) {
	if len(b) < 12 || string(b[:4]) != "RIFF" || string(b[8:12]) != "WAVE" {
		return Sound{}, errors.New("it is no WAV file")
	}
	var s Sound
	for at := 12; at+8 <= len(b); {
		id, size := string(b[at:at+4]), int64(binary.LittleEndian.Uint32(b[at+4:]))
		at += 8
		body := b[at:]
		if size < int64(len(body)) {
			body = body[:size]
		} else if size > int64(len(body)) && id != "data" {
			return Sound{}, fmt.Errorf("it ends within %q", id)
		}
		switch id {
		case "fmt ":
			if len(body) < 16 {
				return Sound{}, errors.New("its format is too short")
			}
			format, bits := binary.LittleEndian.Uint16(body), binary.LittleEndian.Uint16(body[14:])
			if format == extensible && len(body) >= 26 {
				format = binary.LittleEndian.Uint16(body[24:])
			}
			if format != pcm || bits != 16 {
				return Sound{}, fmt.Errorf("it has %d bits in format %d, not 16 in PCM", bits, format)
			}
			s.Channels, s.Rate = int(binary.LittleEndian.Uint16(body[2:])), int(binary.LittleEndian.Uint32(body[4:]))
		case "data":
			if s.Rate == 0 {
				return Sound{}, errors.New("it has data before its format")
			}
			if int64(len(body)) < size {
				return Sound{}, errors.New("it is cut off")
			}
			s.Samples = make([]int16, len(body)/2)
			for i := range s.Samples {
				s.Samples[i] = int16(binary.LittleEndian.Uint16(body[2*i:]))
			}
			return s, nil
		}
		at += len(body) + len(body)%2
	}
	return Sound{}, errors.New("it has no data")
}

// WAV is the file.
func (s Sound) WAV() []byte {
	size := 2 * len(s.Samples)
	var b bytes.Buffer
	b.Grow(44 + size)
	put := func(v any) { _ = binary.Write(&b, binary.LittleEndian, v) } // to memory: cannot fail
	b.WriteString("RIFF")
	put(uint32(36 + size))
	b.WriteString("WAVEfmt ")
	put(uint32(16))
	put([]uint16{pcm, uint16(s.Channels)})
	put([]uint32{uint32(s.Rate), uint32(s.Rate * s.Channels * 2)})
	put([]uint16{uint16(s.Channels * 2), 16})
	b.WriteString("data")
	put(uint32(size))
	put(s.Samples)
	return b.Bytes()
}

// fault is what keeps a sound from the telephone; "" is nothing.
func (s Sound) fault() string {
	switch {
	case s.Rate != Rate || s.Channels != 1:
		return fmt.Sprintf("it has %d Hz and %d channels, not %d Hz and 1", s.Rate, s.Channels, Rate)
	case s.peak() < quiet:
		return "nothing is to be heard on it"
	case s.Took() > Longest:
		return fmt.Sprintf("it takes %.0f s, and %.0f s is the most", s.Took().Seconds(), Longest.Seconds())
	}
	return ""
}

// Longest is how long a recording may be. What is said at once is reckoned to
// take 12 s at most; who reads slowly may take longer, who leaves the tape
// running may not.
const Longest = 18 * time.Second

// quiet is the loudest of a recording of nothing.
const quiet = 300

func (s Sound) peak() int {
	most := 0
	for _, v := range s.Samples {
		most = max(most, abs(v))
	}
	return most
}
