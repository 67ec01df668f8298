package bookings_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"tikaline/postgres"
	"tikaline/postgres/bookings"
)

// bookkeeping are the columns of a beneficiary that are not about the person.
var bookkeeping = []string{"cell", "request", "seat", "channel", "agent", "removed_at"}

// missing returns where a column of a person is not read or not stored.
func missing(columns []string) []string {
	var list []string
	for _, c := range columns {
		if slices.Contains(bookkeeping, c) {
			continue
		}
		if !regexp.MustCompile(`\bb\.` + c + `\b`).MatchString(bookings.PersonColumns) {
			list = append(list, c+" is not in PersonColumns")
		}
		if !regexp.MustCompile(`[(\s]` + c + `,?\s`).MatchString(bookings.InsertPerson) {
			list = append(list, c+" is not in insertPerson")
		}
	}
	// A column that is listed and not scanned, or the other way round.
	if read, scanned := strings.Count(bookings.PersonColumns, "b."), len(new(bookings.PersonRow).Pointers()); read != scanned {
		list = append(list, "PersonRow does not scan PersonColumns")
	}
	return list
}

// TestPersonColumns: a person's columns stand in one list, one scan and one
// insert. A column that is added to a copy of the table is found to be missing in
// them, and nothing else in the store names such a column.
func TestPersonColumns(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	columns := func() []string {
		rows, err := f.Pool.Query(t.Context(), `
			SELECT column_name
			FROM information_schema.columns
			WHERE table_schema = current_schema() AND table_name = 'beneficiary'`)
		if err != nil {
			t.Fatal(err)
		}
		list, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil || len(list) < 10 {
			t.Fatal(list, err)
		}
		return list
	}
	if list := missing(columns()); len(list) != 0 {
		t.Errorf("a person's columns: %v", list)
	}
	f.Exec(`ALTER TABLE beneficiary ADD COLUMN nickname text`)
	if got, want := missing(columns()), []string{"nickname is not in PersonColumns", "nickname is not in insertPerson"}; !slices.Equal(got, want) {
		t.Errorf("of a new column: %v, want %v", got, want)
	}

	// The columns whose names belong to no other table.
	own := regexp.MustCompile(`\b(birth_year|photo_id|id_last4|certificate)\b[^"]`)
	files, err := filepath.Glob("../*/*.go")
	if err != nil || len(files) < 30 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") || filepath.Base(file) == "person.go" || strings.Contains(file, "benchdb") {
			continue
		}
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, sql := range regexp.MustCompile("(?s)`[^`]*`").FindAllString(string(b), -1) {
			if c := own.FindString(sql); c != "" {
				t.Errorf("%s names %s itself: read a person by PersonColumns", file, c)
			}
		}
	}
}
