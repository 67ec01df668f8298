package ops

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"tikaline/postgres/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const firstNumber = "+919811000001"

// runs runs a command and returns what it printed.
func runs(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := Run(t.Context(), new(Commands), args, World{In: strings.NewReader(""), Out: &out, Err: &out, Now: time.Now})
	return out.String(), err
}
