package outbox_test

import (
	"testing"

	"tikaline/postgres"
	"tikaline/postgres/pgtest"
	"tikaline/postgres/storetest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// A fixture is a store on a database of the test's own, with the helpers of
// these tests.
type fixture struct{ *storetest.Fixture }

func newFixture(t testing.TB, o postgres.Options) *fixture {
	t.Helper()
	return &fixture{storetest.New(t, o)}
}
