package access

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"tikaline/booking"
)

// claimsKey is where Require leaves what a token proved.
const claimsKey = "tikaline.access.claims"

// Unauthenticated is the whole body of a 401.
const Unauthenticated = "Unauthenticated access!"

// Require lets through who sends a token of one of the families; none named is
// any. Everybody else gets 401 in plain text, and no work is done for him.
func Require(t *Tokens, families ...Family) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			claims, err := t.Verify(bearer(c.Request()))
			if err != nil || len(families) > 0 && !slices.Contains(families, claims.Family) {
				return c.String(http.StatusUnauthorized, Unauthenticated)
			}
			c.Set(claimsKey, claims)
			return next(c)
		}
	}
}

// Number is whose token came, behind Require; "" elsewhere.
func Number(c echo.Context) booking.MSISDN { return ClaimsOf(c).Number }

// ClaimsOf is what the token proved, behind Require; zero elsewhere.
func ClaimsOf(c echo.Context) Claims {
	claims, _ := c.Get(claimsKey).(Claims)
	return claims
}

// bearer is the token of a request, "" where there is none.
func bearer(r *http.Request) string {
	kind, token, _ := strings.Cut(strings.TrimSpace(r.Header.Get("Authorization")), " ")
	if !strings.EqualFold(kind, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}
