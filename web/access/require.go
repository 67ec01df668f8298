package access

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"tikaline/booking"
)

// claimsKey is the key under which Require leaves the claims of a token.
const claimsKey = "tikaline.access.claims"

// Unauthenticated is the whole body of a 401.
const Unauthenticated = "Unauthenticated access!"

// Require lets requests through that carry a token of one of the families, or
// of any where none is named. Other requests get 401 in plain text, and no work
// is done for them.
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

// Number returns the number of the token, behind Require; "" elsewhere.
func Number(c echo.Context) booking.MSISDN { return ClaimsOf(c).Number }

// ClaimsOf returns the claims of the token, behind Require; zero elsewhere.
func ClaimsOf(c echo.Context) Claims {
	claims, _ := c.Get(claimsKey).(Claims)
	return claims
}

// bearer returns the token of a request, "" where there is none.
func bearer(r *http.Request) string {
	kind, token, _ := strings.Cut(strings.TrimSpace(r.Header.Get("Authorization")), " ")
	if !strings.EqualFold(kind, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}
