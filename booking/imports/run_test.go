package imports

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func file(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file.csv")
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRun(t *testing.T) {
	const (
		good = "code,name,pincode,government\nP1,PHC Danapur,800001,yes\nP2,PHC Maner,800020,yes\n"
		bad  = good + "P3,,800001,yes\n"
	)
	cases := []struct {
		name   string
		job    Job
		stored int
		err    string
		says   string
	}{
		{"good", Job{Kind: Centres, File: file(t, good)}, 2, "", "2 centres imported"},
		{"one refused line stops all", Job{Kind: Centres, File: file(t, bad)}, 0, "nothing was imported", "refused: line 4: name is missing"},
		{"unless good lines are accepted", Job{Kind: Centres, File: file(t, bad), AcceptGood: true}, 2, "", "3 lines read, 2 good, 1 refused, 0 notes"},
		{"dry run", Job{Kind: Centres, File: file(t, good), DryRun: true}, 0, "", "nothing was stored"},
		{"dry run of a bad file", Job{Kind: Centres, File: file(t, bad), DryRun: true}, 0, "nothing was imported", "refused: line 4"},
		{"nothing in it", Job{Kind: Centres, File: file(t, "name,pincode,government\n")}, 0, "there is nothing in it", ""},
		{"bad header", Job{Kind: Centres, File: file(t, "a,b\n")}, 0, `import centres: there is no column "a"`, ""},
		{"no such file", Job{Kind: Centres, File: "no such file"}, 0, "no such file", ""},
		{"no such kind", Job{Kind: "people"}, 0, "imports are [pincodes centres sessions]", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var out strings.Builder
			var sink memorySink
			c.job.Out, c.job.Against = &out, against()
			_, err := Run(context.Background(), &sink, c.job)
			if (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
				t.Errorf("got %v", err)
			}
			if len(sink.centres) != c.stored || (len(sink.districts) > 0) != (c.stored > 0) || !strings.Contains(out.String(), c.says) {
				t.Errorf("%d stored; said %s", len(sink.centres), &out)
			}
		})
	}

	t.Run("pincodes, centres, then their sessions", func(t *testing.T) {
		var sink memorySink
		a := against()
		a.Centres = nil // ask the store
		for kind, content := range map[Kind]string{Pincodes: "pincode,lat,lon\n800001,25.6,85.1\n", Centres: good} {
			if _, err := Run(context.Background(), &sink, Job{Kind: kind, File: file(t, content), Against: a}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := Run(context.Background(), &sink, Job{Kind: Sessions, File: file(t, sessionLine("centre_code", "P2")), Against: a}); err != nil {
			t.Fatal(err)
		}
		if len(sink.pincodes) != 1 || len(sink.sessions) != 1 || sink.sessions[0].Centre != 1002 {
			t.Errorf("got %+v", sink.sessions)
		}
	})
	t.Run("the store is away", func(t *testing.T) {
		away := errors.New("away")
		for _, kind := range Kinds {
			content := map[Kind]string{Pincodes: "pincode,lat,lon\n800001,25.6,85.1\n", Centres: good, Sessions: sessionLine("dose", "1")}[kind]
			if _, err := Run(context.Background(), &memorySink{err: away}, Job{Kind: kind, File: file(t, content), Against: against()}); !errors.Is(err, away) {
				t.Errorf("%s: got %v", kind, err)
			}
		}
	})
	t.Run("every refused line is named", func(t *testing.T) {
		var out strings.Builder
		var sink memorySink
		_, err := Run(context.Background(), &sink, Job{Kind: Centres, Out: &out, Against: against(), File: file(t, "name,pincode,government\n"+strings.Repeat("PHC,1,yes\n", 200))})
		if !errors.Is(err, ErrRefused) || !strings.Contains(out.String(), "refused: line 201: ") || strings.Count(out.String(), "\n") != 201 {
			t.Errorf("said %s", &out)
		}
	})
}
