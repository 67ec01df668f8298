package slip

import (
	"context"
	"fmt"
	"runtime"
	"sync/atomic"

	"tikaline/locales"
)

// Options are the operator's settings.
type Options struct {
	Helpline string // telephone number; "" leaves the line out
}

// A Press makes slips and certificates. It may be used by any number of
// goroutines at once.
type Press struct {
	words   *locales.Catalogue
	options Options
	fonts   atomic.Pointer[fonts]
	presses chan struct{}
}

// New returns a Press that can make pages; PDFs it can make after Load.
func New(words *locales.Catalogue, o Options) *Press {
	// A PDF is 20 ms of work and 25 MB while it lasts: as many at once as there
	// are processors are made no later, and the rest of the program has room.
	return &Press{words: words, options: o, presses: make(chan struct{}, runtime.GOMAXPROCS(0))}
}

// Load gets the fonts for PDFs: from dir or, the first time, from npm into dir;
// where that cannot be, from Debian's font packages. say, if not nil, is called
// with each step. It may be called again after a failure, while the Press is in
// use.
func (p *Press) Load(ctx context.Context, dir string, say func(string)) error {
	f, err := loadFonts(ctx, dir, debianDir, say)
	if err != nil {
		return err
	}
	p.fonts.Store(f)
	return nil
}

// Ready reports whether there are fonts, and so PDFs.
func (p *Press) Ready() bool { return p.fonts.Load() != nil }

// Await loads the fonts with get, should there be none, and waits for them as
// long as ctx lasts. A caller that cannot wait so long may come back: loading
// goes on all the same.
func (p *Press) Await(ctx context.Context, get func(context.Context) error) error {
	if p.Ready() {
		return nil
	}
	got := make(chan error, 1)
	go func() { got <- get(context.WithoutCancel(ctx)) }()
	select {
	case err := <-got:
		return err
	case <-ctx.Done():
		return fmt.Errorf("wait for fonts: %w", ctx.Err())
	}
}

// begin waits for a press that is free. end gives it back.
func (p *Press) begin() (end func()) {
	p.presses <- struct{}{}
	return func() { <-p.presses }
}

// Sorry returns the apology for a PDF that cannot be made without fonts.
func (p *Press) Sorry(lang string) (string, error) {
	return p.words.Text(onPaper(lang), "web", "slip.no_pdf", nil)
}
