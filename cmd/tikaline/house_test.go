package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// mayImport says which of our packages each may know. A package that is not
// here fails the test: adding one is a decision.
var mayImport = map[string]string{
	"booking":         "",
	"booking/imports": "booking pinned",
	"calls":           "booking",

	// The store: what it keeps is declared by its owners, above. A room may use the
	// rooms before it.
	"postgres/batch":         "booking",
	"postgres/leases":        "postgres/batch",
	"postgres/outbox":        "booking outbox postgres/batch",
	"postgres/places":        "booking postgres/batch",
	"postgres/bookings":      "booking postgres/batch postgres/leases postgres/outbox postgres/places",
	"postgres/calls":         "booking calls outbox postgres/batch postgres/bookings postgres/outbox",
	"postgres/conversations": "booking dialog postgres/batch postgres/outbox",
	"postgres/otp":           "booking otp postgres/batch postgres/outbox",
	"postgres/limits":        "limits postgres/batch",
	"postgres/staff":         "booking postgres/batch",
	"postgres":               "booking postgres/batch postgres/bookings postgres/calls postgres/conversations postgres/leases postgres/limits postgres/otp postgres/outbox postgres/places postgres/staff",
	"postgres/launch":        "",
	"postgres/pgtest":        "postgres postgres/launch",
	"postgres/benchdb":       "booking",
	"postgres/storetest":     "booking outbox postgres postgres/bookings postgres/calls postgres/conversations postgres/limits postgres/otp postgres/outbox postgres/pgtest postgres/places postgres/staff",

	"channel":             "booking",
	"exotelapi":           "",
	"dialog":              "booking",
	"dialog/walk":         "booking dialog",
	"internal/eventually": "",
	"internal/debian":     "",
	"jobs":                "",
	"limits":              "",
	"ivr":                 "exotelapi calls booking channel dialog locales outbox outbox/ask twilioapi",
	"ivr/audio":           "",
	"ivr/exchange":        "",
	"locales":             "",
	"notices":             "booking dialog dialog/walk locales otp outbox sms",
	"notices/noticetest":  "locales notices sms",
	"otp":                 "booking",
	"outbox":              "booking",
	"outbox/ask":          "outbox",
	"pinned":              "",
	"sms":                 "exotelapi booking channel dialog locales outbox outbox/ask twilioapi",
	"sms/kanneltest":      "internal/debian",
	"twilioapi":           "channel outbox outbox/ask",
	"ussd":                "booking channel dialog locales",
	"web/access":          "channel booking limits otp",
	"web/chrometest":      "internal/debian internal/eventually",
	"web/cowin":           "booking channel locales web/access web/slip",
	"web/page":            "",
	"web/pages":           "calls booking channel locales otp web/page web/slip",
	"web/slip":            "booking locales pinned",
	"web/spot":            "channel booking limits locales web/page",
	"cmd/testdb":          "postgres/launch",
	"cmd/bench":           "jobs postgres/benchdb calls booking booking/imports postgres postgres/launch dialog dialog/walk ivr/exchange locales otp ussd web/access web/cowin web/slip",
	"cmd/tikaline/ops":    "postgres/places calls booking booking/imports dialog dialog/walk ivr ivr/audio ivr/exchange locales notices outbox postgres postgres/launch ussd web/spot",
	"cmd/tikaline":        "twilioapi exotelapi calls channel booking booking/imports cmd/tikaline/ops dialog ivr ivr/audio ivr/exchange jobs limits locales notices otp outbox postgres sms ussd web/access web/cowin web/pages web/slip web/spot",
}

// only says where a technology lives, and why nowhere else.
var only = map[string]struct{ where, why string }{
	"github.com/labstack/echo/v4":         {"channel ivr twilioapi ussd sms web/access web/cowin web/pages web/spot cmd/tikaline cmd/bench", "channels speak HTTP, the core and the dialogues do not"},
	"github.com/jackc/pgx/v5":             {"postgres postgres/*", "only the store speaks SQL"},
	"github.com/twilio/twilio-go":         {"twilioapi sms ivr", "one provider is no business of the others"},
	"github.com/chromedp/chromedp":        {"web/chrometest", "pages are looked at in one place"},
	"net/http":                            {"channel ivr ivr/audio ivr/exchange outbox/ask twilioapi ussd sms web/access web/cowin web/page web/pages web/spot cmd/tikaline cmd/tikaline/ops cmd/bench", "the core answers people, not requests"},
	"github.com/nicksnyder/go-i18n/v2":    {"locales", "words come from one catalogue"},
	"github.com/prometheus/client_golang": {"postgres/batch cmd/tikaline", "who counts is handed in"},
}

func TestHouse(t *testing.T) {
	root := filepath.Join("..", "..")
	seen := map[string]bool{}
	docs := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && path != root || d.Name() == "testdata" || d.Name() == "var" || d.Name() == "out") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		rel, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		pkg := filepath.ToSlash(rel)
		seen[pkg] = true
		if d.Name() == "doc.go" || d.Name() == "main.go" {
			docs[pkg] = true
		}
		allowed, known := mayImport[pkg]
		if !known {
			t.Errorf("%s has no line in mayImport: where in the house is it?", pkg)
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, imp := range file.Imports {
			name, _ := strconv.Unquote(imp.Path.Value)
			if ours, ok := strings.CutPrefix(name, "tikaline/"); ok && !strings.HasSuffix(path, "_test.go") {
				if !slices.Contains(strings.Fields(allowed), ours) {
					t.Errorf("%s imports %s: imports go downwards only (mayImport)", path, ours)
				}
			}
			for tech, rule := range only {
				if (name == tech || strings.HasPrefix(name, tech+"/")) && !strings.HasSuffix(path, "_test.go") &&
					!slices.ContainsFunc(strings.Fields(rule.where), func(where string) bool {
						under, all := strings.CutSuffix(where, "*")
						return where == pkg || all && strings.HasPrefix(pkg, under)
					}) {
					t.Errorf("%s imports %s: %s", path, name, rule.why)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for pkg := range mayImport {
		if !seen[pkg] {
			t.Errorf("mayImport names %s, which is not there", pkg)
		}
	}
	for pkg := range seen {
		if !docs[pkg] {
			t.Errorf("%s has no doc.go", pkg)
		}
	}
}

// TestRepository/nothing_of_one_machine: paths of a developer's machine are of
// no use to anyone else.
func TestRepository(t *testing.T) {
	t.Run("nothing_large", func(t *testing.T) {
		err := filepath.WalkDir(filepath.Join("..", ".."), func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() && (d.Name() == ".git" || d.Name() == "bin" || d.Name() == "out" || d.Name() == "var") {
				return fs.SkipDir
			}
			info, err := os.Stat(path)
			if err == nil && !d.IsDir() && info.Size() > 500<<10 {
				t.Errorf("%s has %d KiB: data is fetched, not committed", path, info.Size()>>10)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
