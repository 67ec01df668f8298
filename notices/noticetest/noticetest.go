package noticetest

import (
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"tikaline/locales"
	"tikaline/notices"
	"tikaline/sms"
)

// Registry writes what dlt templates prints, filled in by an operator, who may
// change a row or, with nil, lose it. It returns the name of the file.
func Registry(t testing.TB, change func(row []string) []string) string {
	t.Helper()
	rows, err := notices.Rows(locales.Languages, "")
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.Create(filepath.Join(t.TempDir(), "dlt.csv"))
	if err != nil {
		t.Fatal(err)
	}
	w := csv.NewWriter(file)
	for i, row := range rows {
		if i > 0 {
			row[2], row[3] = "VAXIND", fmt.Sprintf("1107%015d", i)
			if row[0] == sms.ReplyRow {
				row[3] = sms.NoTemplate
			}
			if row = change(row); row == nil {
				continue
			}
		}
		w.Write(row) //nolint:errcheck // Error says it below
	}
	w.Flush()
	if err := errors.Join(w.Error(), file.Close()); err != nil {
		t.Fatal(err)
	}
	return file.Name()
}

// Same changes nothing.
func Same(row []string) []string { return row }
