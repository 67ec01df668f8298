package spot

import (
	"bytes"
	"fmt"
	"html/template"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"tikaline/web/page"
)

// medium is the medium of the page's words.
const medium = "web"

// common is what every page shows.
type common struct {
	Lang     string
	Token    string
	Centre   string // its name; "" before signing in
	CentreID int64
	Staff    string
	CSS, JS  string
	Links    []link // this page in each language
}

// A link is this page in a language.
type link struct{ Lang, URL string }

func (s *site) common(c echo.Context, w who) common {
	page := common{Lang: w.lang, Token: w.token, Staff: w.Name, CSS: s.assets.path["spot.css"], JS: s.assets.path["spot.js"]}
	for _, l := range languages {
		q := c.Request().URL.Query()
		q.Set("lang", l)
		page.Links = append(page.Links, link{l, c.Request().URL.Path + "?" + q.Encode()})
	}
	if w.Login != "" {
		page.Centre, page.CentreID = w.centre.Short.In(w.lang), w.Centre
	}
	return page
}

// parse reads the pages. T is a message in the page's language.
func (s *site) parse() (map[string]*template.Template, error) {
	funcs := template.FuncMap{
		"T": func(lang, id string, args ...any) (string, error) {
			data := make(map[string]any, len(args)/2)
			for i := 0; i+1 < len(args); i += 2 {
				data[fmt.Sprint(args[i])] = args[i+1]
			}
			return s.Words.Text(lang, medium, id, data)
		},
	}
	pages := make(map[string]*template.Template)
	for _, name := range []string{"login", "day", "found", "walkin"} {
		t, err := template.New("frame.html").Funcs(funcs).ParseFS(files, "pages/frame.html", "pages/person.html", "pages/"+name+".html")
		if err != nil {
			return nil, fmt.Errorf("page %s: %w", name, err)
		}
		pages[name] = t
	}
	return pages, nil
}

// render sends a complete page, or nothing of it.
func (s *site) render(c echo.Context, status int, name string, page any) error {
	var b bytes.Buffer
	if err := s.pages[name].Execute(&b, page); err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	}
	return c.HTMLBlob(status, b.Bytes())
}

// assets are files under addresses that name their content.
type assets struct {
	path map[string]string // by name
	body map[string][]byte // by the last part of the path
}

func newAssets() *assets {
	a := &assets{path: map[string]string{}, body: map[string][]byte{}}
	for _, name := range []string{"spot.css", "spot.js"} {
		b, err := files.ReadFile("pages/" + name)
		if err != nil {
			panic(err) // it is embedded
		}
		hashed := page.Name(name, b)
		a.path[name], a.body[hashed] = root+"assets/"+hashed, b
	}
	return a
}

func (s *site) asset(c echo.Context) error {
	b, ok := s.assets.body[c.Param("name")]
	if !ok {
		return echo.ErrNotFound
	}
	page.Forever(c.Response().Header())
	if strings.HasSuffix(c.Param("name"), ".css") {
		return c.Blob(http.StatusOK, "text/css; charset=utf-8", b)
	}
	return c.Blob(http.StatusOK, "text/javascript; charset=utf-8", b)
}

// worker serves the script that answers when there is no network.
func (s *site) worker(c echo.Context) error {
	b, err := files.ReadFile("pages/worker.js")
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, "text/javascript; charset=utf-8", b)
}
