package slip

import (
	"fmt"
	"image"
	"strconv"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// quiet is the white margin that a QR code needs around it, in modules.
const quiet = 4

// A bar is a run of black modules in one row.
type bar struct{ x, y, n int }

// code returns the QR code of a text, as bars and its size with the margin.
// Level Q can be read with a quarter of it lost: paper is folded.
func code(text string) ([]bar, int, error) {
	img, err := qr.Encode(text, qr.Q, qr.Auto)
	if err != nil {
		return nil, 0, fmt.Errorf("QR code: %w", err)
	}
	var bars []bar
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			n := 0
			for x+n < b.Max.X && black(img, x+n, y) {
				n++
			}
			if n > 0 {
				bars = append(bars, bar{x - b.Min.X + quiet, y - b.Min.Y + quiet, n})
				x += n
			}
		}
	}
	return bars, b.Dx() + 2*quiet, nil
}

func black(img image.Image, x, y int) bool {
	r, _, _, _ := img.At(x, y).RGBA()
	return r < 0x8000
}

// path returns the bars as an SVG path in modules.
func path(bars []bar) string {
	var s strings.Builder
	for _, b := range bars {
		s.WriteString("M" + strconv.Itoa(b.x) + " " + strconv.Itoa(b.y) + "h" + strconv.Itoa(b.n) + "v1H" + strconv.Itoa(b.x) + "z")
	}
	return s.String()
}
