package chrometest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// good is a page without a fault, with room for what a case puts in.
const good = `<!doctype html><html lang="en"><head><title>A page</title><meta name="viewport" content="width=device-width">
<style>body{font:18px sans-serif}a{display:inline-block;min-height:44px;min-width:44px}button,input{min-height:44px;min-width:44px;border:2px solid #333}</style></head>
<body><a href="#main">Skip to the page</a><main id="main"><h1>A page</h1><p>Words.</p>%s</main></body></html>`

// TestFaults shows the audit one fault at a time: each is found, and on a page
// without any, none.
func TestFaults(t *testing.T) {
	cases := map[string]struct {
		page string // in place of, or within, the good one
		want string // "" is none
	}{
		"none":                 {``, ""},
		"pale":                 {`<p style="color:#888">Pale words</p>`, "contrast"},
		"pale_on_a_card":       {`<div style="background:#555"><p style="color:#777">Pale words</p></div>`, "contrast"},
		"pale_edge":            {`<label>Name <input style="border-color:#ddd"></label>`, "the edge of input"},
		"tiny":                 {`<p style="font-size:11px">Tiny words</p>`, "letters of 11 px"},
		"no_label":             {`<input id="x">`, "no label: input#x"},
		"placeholder":          {`<label>Name <input placeholder="Asha"></label>`, "a placeholder"},
		"described_by_nothing": {`<label>Name <input aria-describedby="hint"></label>`, "described by hint"},
		"wrong_without_why":    {`<label>Name <input aria-invalid="true"></label>`, "does not say why"},
		"no_name":              {`<button></button>`, "no name"},
		"picture":              {`<svg width="20" height="20"></svg>`, "a picture without words"},
		"choice":               {`<label><input type="radio" name="a"> Yes</label>`, "a choice without a question"},
		"nav":                  {`<nav>More</nav>`, "a nav without a name"},
		"hindi_as_english":     {`<p>टीका</p>`, "hi in an element of en"},
		"bengali_as_hindi":     {`<p lang="hi">টিকা</p>`, "bn in an element of hi"},
		"hindi_as_hindi":       {`<p lang="hi">टीका</p>`, ""},
		"heading_passed_over":  {`<h3>Deep</h3>`, "a heading is passed over"},
		"two_h1":               {`<h1>Another</h1>`, "not one h1"},
		"same_id":              {`<p id="a">A</p><p id="a">B</p>`, "two are called a"},
		"nowhere":              {`<p><a href="#gone">Go</a></p>`, "leads nowhere"},
		"out_of_turn":          {`<button tabindex="3">Go</button>`, "out of turn"},
		"small_target":         {`<button style="min-height:20px;min-width:20px;padding:0">Go</button>`, "a target of"},
		"wide":                 {`<p style="width:900px">Wide</p>`, "wider than the screen"},
		"no_lang":              {strings.Replace(good, ` lang="en"`, "", 1), "language"},
		"no_title":             {strings.Replace(good, "<title>A page</title>", "", 1), "no title"},
		"no_skip":              {strings.Replace(good, `href="#main"`, `href="/"`, 1), "does not lead to the page"},
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page := cases[strings.TrimPrefix(r.URL.Path, "/")].page
		if !strings.HasPrefix(page, "<!doctype") {
			page = fmt.Sprintf(good, page)
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, strings.ReplaceAll(page, "%s", ""))
	}))
	defer server.Close()
	tab := Open(t, Options{})
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			tab.Go(server.URL + "/" + name)
			got := strings.Join(tab.Faults(), "\n")
			if c.want == "" && got != "" || !strings.Contains(got, c.want) {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
}
