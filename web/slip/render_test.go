package slip

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"image"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"tikaline/locales"
	"tikaline/pinned"
)

// PDFium, which draws PDFs in Chrome and on many phones, for node: one that is
// pinned draws the same everywhere.
var pdfium = []pinned.File{
	{Package: "@hyzyla/pdfium@2.1.13", Path: "dist/index.cjs", Name: "index.cjs",
		SHA256: "32ba13ccca6f2bda184b21b1ed98abc4cf081ffce1d29423da6b58f079d7e69f"},
	{Package: "@hyzyla/pdfium@2.1.13", Path: "dist/pdfium.wasm", Name: "pdfium.wasm",
		SHA256: "71aec412a303a0405baee21c3d6d3f30ad2033dc02444130fe476be3976e2d09"},
}

// cache returns where what is fetched is kept, for the next run of the tests.
func cache() string {
	if dir := os.Getenv("TIKALINE_TEST_CACHE"); dir != "" {
		return dir
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		dir = os.TempDir()
	}
	return filepath.Join(dir, "tikaline-test")
}

// cannot skips a test for want of something that is fetched; in CI that fails.
func cannot(t testing.TB, err error) {
	t.Helper()
	if os.Getenv("CI") == "" {
		t.Skipf("it cannot be fetched here, set TIKALINE_TEST_CACHE: %v", err)
	}
	t.Fatal(err)
}

var loaded = sync.OnceValues(func() (*fonts, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	return loadFonts(ctx, cache(), "/nowhere", nil)
})

func loadedFonts(t testing.TB) *fonts {
	t.Helper()
	f, err := loaded()
	if err != nil {
		cannot(t, err)
	}
	return f
}

func wordsOf(t testing.TB) *locales.Catalogue {
	t.Helper()
	words, err := locales.Default()
	if err != nil {
		t.Fatal(err)
	}
	return words
}

// pressOf returns a Press with fonts.
func pressOf(t testing.TB) *Press {
	t.Helper()
	p := New(wordsOf(t), Options{Helpline: "1075"})
	p.fonts.Store(loadedFonts(t))
	return p
}

var renderer = sync.OnceValues(func() (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	dir := filepath.Join(cache(), "pdfium")
	if _, err := (pinned.Fetcher{Dir: dir}).Get(ctx, pdfium...); err != nil {
		return "", err
	}
	if _, err := exec.LookPath("node"); err != nil {
		return "", err
	}
	return filepath.Abs(filepath.Join(dir, "index.cjs"))
})

// render draws the pages of a PDF, at so many pixels to a point.
func render(t testing.TB, pdf []byte, scale int) []*image.Gray {
	t.Helper()
	library, err := renderer()
	if err != nil {
		cannot(t, err)
	}
	dir := t.TempDir()
	file, out := filepath.Join(dir, "slip.pdf"), filepath.Join(dir, "slip.pgm")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", filepath.Join("testdata", "render.cjs"), library, file, fmt.Sprint(scale), out)
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	drawn, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	var pages []*image.Gray
	for r := bufio.NewReader(bytes.NewReader(drawn)); ; {
		if _, err := r.Peek(1); err == io.EOF {
			return pages
		}
		var w, h, most int
		if _, err := fmt.Fscanf(r, "P5 %d %d %d\n", &w, &h, &most); err != nil {
			t.Fatal(err)
		}
		img := image.NewGray(image.Rect(0, 0, w, h))
		if _, err := io.ReadFull(r, img.Pix); err != nil {
			t.Fatal(err)
		}
		pages = append(pages, img)
	}
}
