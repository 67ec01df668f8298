package chrometest

import (
	"context"
	_ "embed"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"tikaline/internal/eventually"
)

// Options is how a tab looks at pages.
type Options struct {
	Width  int  // of the screen, in CSS pixels; 0 is 320
	Height int  // 0 is 640
	Script bool // whether pages may run any
}

// patience is how long a page may take on a machine that runs everybody's tests.
const patience = time.Minute

// A Tab is a browser's, with cookies of its own.
type Tab struct {
	t   testing.TB
	ctx context.Context

	mu     sync.Mutex
	home   string // the only host that may be asked
	asked  map[network.RequestID]string
	bytes  map[string]int // by address: head and body as they came
	status int
}

// browser is the one Chromium of the test binary. They talk by a pipe: when the
// binary ends, however it does, Chromium sees that and ends as well.
var browser = sync.OnceValues(func() (context.Context, error) {
	path, err := find()
	if err != nil {
		return nil, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.DisableGPU,
		chromedp.Flag("disable-dev-shm-usage", true)) // containers have little of it
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // which root cannot have
	}
	ctx, _ := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, _ = chromedp.NewContext(ctx)
	if err := chromedp.Do(ctx); err != nil {
		return nil, fmt.Errorf("start %s: %w", path, err)
	}
	return ctx, nil
})

// Open opens a tab, closed when the test ends.
func Open(t testing.TB, o Options) *Tab {
	t.Helper()
	need(t)
	parent, err := browser()
	if err != nil {
		t.Fatal(err)
	}
	if o.Width == 0 {
		o.Width = 320
	}
	if o.Height == 0 {
		o.Height = 640
	}
	ctx, cancel := chromedp.NewContext(parent, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	tab := &Tab{t: t, ctx: ctx, asked: map[network.RequestID]string{}, bytes: map[string]int{}}
	if err := chromedp.Listen(ctx, tab.heard); err != nil {
		t.Fatal(err)
	}
	tab.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		if _, err := cdp.Call(ctx, target, network.Enable, network.EnableParams{}); err != nil {
			return err
		}
		if _, err := cdp.Call(ctx, target, log.Enable, cdp.Empty{}); err != nil {
			return err
		}
		_, err := cdp.Call(ctx, target, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !o.Script})
		return err
	}), chromedp.EmulateViewport(int64(o.Width), int64(o.Height)))
	return tab
}

// heard notes what is asked for and what comes.
func (b *Tab) heard(ev any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch ev := ev.(type) {
	case *network.EventRequestWillBeSent:
		b.asked[ev.RequestID] = ev.Request.URL
		if u, err := url.Parse(ev.Request.URL); err == nil && b.home != "" && u.Host != b.home && u.Scheme != "data" {
			b.t.Errorf("a page asks somebody else: %s", ev.Request.URL)
		}
	case *log.EventEntryAdded:
		if ev.Entry.Source == log.EntrySourceSecurity || ev.Entry.Source == log.EntrySourceViolation {
			b.t.Errorf("the browser objects to %s: %s", ev.Entry.URL, ev.Entry.Text)
		}
	case *network.EventResponseReceived:
		if ev.Type == network.ResourceTypeDocument {
			b.status = int(ev.Response.Status)
		}
	case *network.EventLoadingFinished:
		b.bytes[b.asked[ev.RequestID]] += int(ev.EncodedDataLength)
	}
}

func (b *Tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatalf("%v\nat %s:\n%s", err, b.At(), b.tell())
	}
}

// tell returns the page as it is, for a message.
func (b *Tab) tell() string {
	ctx, cancel := context.WithTimeout(b.ctx, 5*time.Second)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.InnerHTML(chromedp.CSS("body")))
	if err != nil {
		return err.Error()
	}
	return text
}

// Go opens an address. From the first one on, no other host may be asked.
func (b *Tab) Go(address string) {
	b.t.Helper()
	if u, err := url.Parse(address); err == nil {
		b.mu.Lock()
		b.home = u.Host
		b.mu.Unlock()
	}
	b.do(chromedp.Navigate(address))
}

// Send clicks on what sends a form or leads on, and waits for the next page.
func (b *Tab) Send(selector string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(selector))); err != nil {
		b.t.Fatalf("click on %s: %v\nat %s:\n%s", selector, err, b.At(), b.tell())
	}
}

// Press presses keys and waits for the next page.
func (b *Tab) Press(keys string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, chromedp.KeyEvent(keys)); err != nil {
		b.t.Fatalf("press %q: %v\nat %s", keys, err, b.At())
	}
}

// Type types into a field, in place of what is there: by keys, as nothing else
// works in a page without script.
func (b *Tab) Type(selector, text string) {
	b.t.Helper()
	all := chromedp.KeyEvent("a", chromedp.KeyModifiers(kb.ModifierCtrl))
	b.do(chromedp.Focus(chromedp.CSS(selector)), all, chromedp.KeyEvent(kb.Backspace))
	if text != "" {
		b.do(chromedp.KeyEvent(text))
	}
}

// Choose goes so many steps down a list.
func (b *Tab) Choose(selector string, steps int) {
	b.t.Helper()
	b.do(chromedp.Focus(chromedp.CSS(selector)))
	for range steps {
		b.do(chromedp.KeyEvent(kb.ArrowDown))
	}
}

// Click clicks on what leads to no other page.
func (b *Tab) Click(selector string) {
	b.t.Helper()
	b.do(chromedp.Click(chromedp.CSS(selector)))
}

// Back goes back.
func (b *Tab) Back() {
	b.t.Helper()
	b.do(chromedp.NavigateBack())
}

// At returns the address, without its host.
func (b *Tab) At() string {
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	at, err := chromedp.Run(ctx, chromedp.Location())
	if err != nil {
		return err.Error()
	}
	u, err := url.Parse(at)
	if err != nil {
		return at
	}
	return u.RequestURI()
}

// Status is that of the page.
func (b *Tab) Status() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.status
}

// Text returns what is written in the page's main part. A page that loads itself
// again is waited for: for a moment it has none.
func (b *Tab) Text() string {
	b.t.Helper()
	var text *string
	eventually.True(b.t, patience, "the page has a main part", func() bool {
		text = Ask[*string](b, `document.querySelector("main")?.innerText ?? null`)
		return text != nil
	})
	return *text
}

// Ask returns what an expression says in the page.
func Ask[T any](b *Tab, expression string) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	got, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.t.Fatalf("%s: %v\nat %s", expression, err, b.At())
	}
	return got
}

// Weight returns the bytes of everything that came since it was asked last,
// heads and bodies as they were on the wire, by address.
func (b *Tab) Weight() map[string]int {
	b.mu.Lock()
	defer b.mu.Unlock()
	w := b.bytes
	b.bytes = map[string]int{}
	return w
}

//go:embed audit.js
var audit string

// Audit fails the test for each thing on the page that somebody could not use:
// as it is, and with letters twice as large, by themselves and with all else.
func (b *Tab) Audit() {
	b.t.Helper()
	b.report("", b.Faults())
	Ask[bool](b, `(() => { document.documentElement.style.fontSize = 2 * parseFloat(getComputedStyle(document.documentElement).fontSize) + "px"; return true })()`)
	b.report("with letters twice as large: ", b.Faults())
	Ask[bool](b, `(() => { document.documentElement.style.fontSize = ""; return true })()`)
	size := Ask[[]int](b, `[innerWidth, innerHeight]`)
	if size[0] < 640 {
		return // 320 is as narrow as WCAG asks for
	}
	b.do(chromedp.EmulateViewport(int64(size[0]/2), int64(size[1]/2)))
	b.report("at 200 %: ", b.Faults())
	b.do(chromedp.EmulateViewport(int64(size[0]), int64(size[1])))
}

// Faults returns what somebody could not use of the page as it is.
func (b *Tab) Faults() []string {
	b.t.Helper()
	return Ask[[]string](b, audit)
}

// A stop is where the focus was.
type stop struct {
	Place   int // among all that can have it, in the order of the page
	Of      int
	Name    string
	Outline float64 // how wide, 0 where none is seen
	InView  bool
}

const focus = `(() => {
  const e = document.activeElement, r = e.getBoundingClientRect(), s = getComputedStyle(e);
  const all = [...document.querySelectorAll("a[href],button,input:not([type=hidden]),select")].filter((e, i, all) => e.type !== "radio" || all.findIndex(o => o.name === e.name) === i);
  return { Place: all.indexOf(e), Of: all.length, Name: e.outerHTML.slice(0, 80),
    Outline: s.outlineStyle === "none" ? 0 : parseFloat(s.outlineWidth), InView: r.bottom > 0 && r.right > 0 && r.top < innerHeight && r.left < innerWidth };
})()`

// Walk goes through the page by the Tab key and fails the test unless it comes to
// everything in its order, and sees each time where it is.
func (b *Tab) Walk() {
	b.t.Helper()
	Ask[bool](b, `(() => { document.activeElement.blur(); scrollTo(0, 0); getSelection().setPosition(document.body, 0); return true })()`)
	for place := 0; ; place++ {
		b.do(chromedp.KeyEvent(kb.Tab))
		at := Ask[stop](b, focus)
		if at.Place != place {
			b.t.Errorf("%s: after %d comes %d: %s", b.At(), place-1, at.Place, at.Name)
			return
		}
		if at.Outline < 2 || !at.InView {
			b.t.Errorf("%s: the focus cannot be seen on %s", b.At(), at.Name)
		}
		if place == at.Of-1 {
			return
		}
	}
}

func (b *Tab) report(when string, faults []string) {
	b.t.Helper()
	for _, f := range faults {
		b.t.Errorf("%s: %s%s", b.At(), when, f)
	}
}

// Picture keeps a picture of the whole page in out/screens of the repository.
func (b *Tab) Picture(name string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		b.t.Fatalf("picture of %s: %v", b.At(), err)
	}
	dir := filepath.Join(root(b.t), "out", "screens")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, strings.ReplaceAll(name, "/", "_")+".png"), png, 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// root returns the repository's.
func root(t testing.TB) string {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for d := dir; ; d = filepath.Dir(d) {
		if _, err := os.Stat(filepath.Join(d, "go.mod")); err == nil {
			return d
		}
		if d == filepath.Dir(d) {
			return dir
		}
	}
}
