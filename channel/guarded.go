package channel

import (
	"strings"

	"github.com/labstack/echo/v4"
)

// guardMark begins the name of a route whose guard is named.
const guardMark = "guard: "

// Guarded names what keeps others from routes: a secret, a signature, a limit.
// Every route of the program has one, if only "open" and why; a test lists them.
func Guarded(by string, routes ...*echo.Route) {
	for _, r := range routes {
		r.Name = guardMark + by
	}
}

// GuardOf returns the guard of a route; ok is false where none was named.
func GuardOf(r *echo.Route) (by string, ok bool) {
	by, ok = strings.CutPrefix(r.Name, guardMark)
	return by, ok && by != ""
}
