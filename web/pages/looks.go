package pages

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"

	"tikaline/web/page"
)

//go:embed html/*.html style.css icon.svg
var files embed.FS

// looks are the templates and files of the pages.
type looks struct {
	pages             map[string]*template.Template
	css, icon         []byte
	cssPath, iconPath string
}

func newLooks() (looks, error) {
	l := looks{pages: map[string]*template.Template{}}
	layout, err := template.New("layout.html").Option("missingkey=error").ParseFS(files, "html/layout.html")
	if err != nil {
		return l, fmt.Errorf("read templates: %w", err)
	}
	names, err := fs.Glob(files, "html/*.html")
	if err != nil {
		return l, err
	}
	for _, name := range names {
		page := strings.TrimSuffix(path.Base(name), ".html")
		if page == "layout" {
			continue
		}
		t, err := layout.Clone()
		if err != nil {
			return l, err
		}
		if l.pages[page], err = t.ParseFS(files, name); err != nil {
			return l, fmt.Errorf("read templates: %w", err)
		}
	}
	if l.css, l.cssPath, err = named("style.css"); err != nil {
		return l, err
	}
	l.icon, l.iconPath, err = named("icon.svg")
	return l, err
}

// named reads a file and gives it an address that changes with it.
func named(name string) ([]byte, string, error) {
	b, err := files.ReadFile(name)
	if err != nil {
		return nil, "", err
	}
	return b, "/assets/" + page.Name(name, b), nil
}

// page writes a page whole before anything of it is sent: half a page with an
// apology behind it helps nobody.
func (l looks) page(name string, w view) ([]byte, error) {
	t, ok := l.pages[name]
	if !ok {
		return nil, fmt.Errorf("there is no such page")
	}
	var out bytes.Buffer
	if err := t.ExecuteTemplate(&out, "layout", w); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
