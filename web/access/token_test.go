package access_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tikaline/booking"
	"tikaline/otp"
	"tikaline/web/access"
)

const ours = booking.MSISDN("+919876543210")

var (
	noon   = time.Date(2021, 5, 3, 12, 0, 0, 0, booking.India)
	first  = strings.Repeat("first ", 6)
	second = strings.Repeat("second ", 6)
)

func keys(t testing.TB, secrets ...string) otp.Keys {
	t.Helper()
	k, err := otp.NewKeys(secrets...)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func tokens(t testing.TB, at time.Time, secrets ...string) *access.Tokens {
	return &access.Tokens{Keys: keys(t, secrets...), Now: func() time.Time { return at }}
}

func issue(t testing.TB, by *access.Tokens, f access.Family) string {
	t.Helper()
	raw, err := by.Issue(ours, f, "Mozilla/5.0", "10000000000017")
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// claims returns the middle of a token, as any client reads it.
func claims(t testing.TB, raw string) map[string]any {
	t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(strings.Split(raw, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	d := json.NewDecoder(strings.NewReader(string(b)))
	d.UseNumber()
	if err := d.Decode(&m); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestToken_claims(t *testing.T) {
	by := tokens(t, noon, first)
	m := claims(t, issue(t, by, access.Portal))
	for key, want := range map[string]any{
		"user_type": "BENEFICIARY", "mobile_number": json.Number("9876543210"), "beneficiary_reference_id": json.Number("10000000000017"),
		"source": "cowin", "ua": "Mozilla/5.0", "iat": json.Number("1620023400"), "exp": json.Number("1620024300"),
		"date_modified": "2021-05-03T06:30:00.000Z", "aud": "portal",
	} {
		if m[key] != want {
			t.Errorf("%s is %v, want %v", key, m[key], want)
		}
	}
	for _, key := range []string{"user_name", "user_id", "secret_key"} {
		if _, err := uuid.Parse(m[key].(string)); err != nil {
			t.Errorf("%s is %v", key, m[key])
		}
	}
	if m["user_id"] != m["user_name"] || len(m) != 12 {
		t.Errorf("claims %v", m)
	}
	if again := claims(t, issue(t, by, access.Partner)); again["user_id"] != m["user_id"] {
		t.Error("another user id for the same number")
	}
	if _, there := m["txnId"]; there {
		t.Error("txnId outside the public family")
	}
	if m = claims(t, issue(t, by, access.Public)); m["txnId"] == nil {
		t.Error("no txnId in the public family")
	}
	raw, err := by.Issue(ours, access.Portal, strings.Repeat("ü\xff", 1000), "")
	if err != nil || len(raw) > 2000 {
		t.Fatal(len(raw), err)
	}
	if m = claims(t, raw); m["beneficiary_reference_id"] != nil {
		t.Errorf("nobody is registered, and the token says %v", m["beneficiary_reference_id"])
	}
}

// TestToken_theft is whatever an attacker may try who has seen tokens, or makes
// them.
func TestToken_theft(t *testing.T) {
	by := tokens(t, noon, first)
	good := issue(t, by, access.Portal)
	if c, err := by.Verify(good); err != nil || c.Number != ours || c.Family != access.Portal || !c.Expires.Equal(noon.Add(15*time.Minute)) {
		t.Fatal(c, err)
	}
	part := strings.Split(good, ".")
	b64 := base64.RawURLEncoding.EncodeToString
	kid := by.Keys.Current().ID
	head := func(s string) string { return b64([]byte(s)) }
	changed := func(from, to string) string {
		b, err := base64.RawURLEncoding.DecodeString(part[1])
		if err != nil || !strings.Contains(string(b), from) {
			t.Fatalf("no %s in %s", from, b)
		}
		return b64([]byte(strings.Replace(string(b), from, to, 1)))
	}
	// Made with a key that we publish, or have not.
	made := func(method jwt.SigningMethod, key any, change func(jwt.MapClaims, map[string]any)) string {
		m := jwt.MapClaims{"mobile_number": 9876543210, "aud": "portal", "iat": noon.Unix(), "exp": noon.Add(15 * time.Minute).Unix()}
		token := jwt.NewWithClaims(method, m)
		token.Header["kid"] = kid
		if change != nil {
			change(m, token.Header)
		}
		raw, err := token.SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	real := by.Keys.Current().For("token")
	if _, err := by.Verify(made(jwt.SigningMethodHS256, real, nil)); err != nil {
		t.Fatalf("the forger's tools are no good: %v", err)
	}
	for name, raw := range map[string]string{
		"nothing":            "",
		"null":               "null",
		"two_parts":          part[0] + "." + part[1],
		"no_signature":       part[0] + "." + part[1] + ".",
		"cut_signature":      good[:len(good)-4],
		"another_number":     part[0] + "." + changed("9876543210", "9876543211") + "." + part[2],
		"longer_life":        part[0] + "." + changed(`"exp":1620024300`, `"exp":1990000000`) + "." + part[2],
		"another_family":     strings.Split(issue(t, by, access.Public), ".")[0] + "." + part[1] + "." + strings.Split(issue(t, by, access.Public), ".")[2],
		"alg_none":           head(`{"alg":"none","typ":"JWT","kid":"`+kid+`"}`) + "." + part[1] + ".",
		"alg_none_signed":    head(`{"alg":"none","typ":"JWT","kid":"`+kid+`"}`) + "." + part[1] + "." + part[2],
		"hs384":              made(jwt.SigningMethodHS384, real, nil),
		"no_key_named":       made(jwt.SigningMethodHS256, real, func(_ jwt.MapClaims, h map[string]any) { delete(h, "kid") }),
		"key_of_another_id":  made(jwt.SigningMethodHS256, real, func(_ jwt.MapClaims, h map[string]any) { h["kid"] = "../../dev/null" }),
		"key_id_is_a_number": made(jwt.SigningMethodHS256, real, func(_ jwt.MapClaims, h map[string]any) { h["kid"] = 1 }),
		"empty_key":          made(jwt.SigningMethodHS256, []byte{}, nil),
		"kid_for_a_key":      made(jwt.SigningMethodHS256, []byte(kid), nil),
		"key_of_the_codes":   made(jwt.SigningMethodHS256, by.Keys.Current().For("otp code"), nil),
		"no_end":             made(jwt.SigningMethodHS256, real, func(m jwt.MapClaims, _ map[string]any) { delete(m, "exp") }),
		"over":               made(jwt.SigningMethodHS256, real, func(m jwt.MapClaims, _ map[string]any) { m["exp"] = noon.Unix() }),
		"no_family":          made(jwt.SigningMethodHS256, real, func(m jwt.MapClaims, _ map[string]any) { delete(m, "aud") }),
		"no_number":          made(jwt.SigningMethodHS256, real, func(m jwt.MapClaims, _ map[string]any) { delete(m, "mobile_number") }),
		"number_from_abroad": made(jwt.SigningMethodHS256, real, func(m jwt.MapClaims, _ map[string]any) { m["mobile_number"] = 14155550100 }),
		"written_otherwise":  good[:len(good)-1] + string(good[len(good)-1]+1),
		"endless":            good + strings.Repeat("A", 1<<20),
	} {
		if c, err := by.Verify(raw); err == nil {
			t.Errorf("%s: taken for %+v", name, c)
		}
	}
	if _, err := tokens(t, noon.Add(15*time.Minute-time.Second), first).Verify(good); err != nil {
		t.Errorf("before it is over: %v", err)
	}
	if _, err := tokens(t, noon.Add(15*time.Minute), first).Verify(good); err == nil {
		t.Error("a stolen token is good after a quarter of an hour")
	}
}

// TestToken_keys_change without logging anybody out, and at once where they were
// stolen.
func TestToken_keys_change(t *testing.T) {
	old, both, only := tokens(t, noon, first), tokens(t, noon, second, first), tokens(t, noon, second)
	before, after := issue(t, old, access.Portal), issue(t, both, access.Portal)
	for name, c := range map[string]struct {
		by  *access.Tokens
		raw string
		ok  bool
	}{
		"made_before_is_good_after":    {both, before, true},
		"made_after_is_good":           {both, after, true},
		"made_after_by_the_new_key":    {only, after, true},
		"an_old_node_knows_no_new_key": {old, after, false},
		"the_old_key_is_dropped":       {only, before, false},
		"known_before_it_makes_any":    {tokens(t, noon, first, second), after, true},
	} {
		if _, err := c.by.Verify(c.raw); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRequire(t *testing.T) {
	by := tokens(t, noon, first)
	e := echo.New()
	seen := ""
	answer := func(c echo.Context) error {
		seen = string(access.Number(c))
		return c.NoContent(http.StatusNoContent)
	}
	e.GET("/mine", answer, access.Require(by, access.Portal, access.Partner))
	e.GET("/certificate", answer, access.Require(by, access.Public))
	e.GET("/any", answer, access.Require(by))
	e.GET("/open", answer)
	for name, c := range map[string]struct {
		path, authorization string
		status              int
	}{
		"portal":                     {"/mine", "Bearer " + issue(t, by, access.Portal), 204},
		"partner":                    {"/mine", "Bearer " + issue(t, by, access.Partner), 204},
		"written_otherwise":          {"/mine", "bearer  " + issue(t, by, access.Partner) + " ", 204},
		"public_is_not_enough":       {"/mine", "Bearer " + issue(t, by, access.Public), 401},
		"public":                     {"/certificate", "Bearer " + issue(t, by, access.Public), 204},
		"portal_is_no_public":        {"/certificate", "Bearer " + issue(t, by, access.Portal), 401},
		"any":                        {"/any", "Bearer " + issue(t, by, access.Public), 204},
		"none":                       {"/mine", "", 401},
		"null":                       {"/mine", "Bearer null", 401},
		"basic":                      {"/mine", "Basic " + issue(t, by, access.Portal), 401},
		"token_alone":                {"/mine", issue(t, by, access.Portal), 401},
		"rubbish":                    {"/any", "Bearer a.b.c", 401},
		"nobody_where_none_is_asked": {"/open", "Bearer " + issue(t, by, access.Portal), 204},
	} {
		t.Run(name, func(t *testing.T) {
			seen = ""
			r := httptest.NewRequest(http.MethodGet, c.path, nil)
			if c.authorization != "" {
				r.Header.Set("Authorization", c.authorization)
			}
			w := httptest.NewRecorder()
			e.ServeHTTP(w, r)
			if w.Code != c.status {
				t.Fatalf("status %d", w.Code)
			}
			if c.status == 401 && (w.Body.String() != "Unauthenticated access!" || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain")) {
				t.Errorf("says %q as %s", w.Body, w.Header().Get("Content-Type"))
			}
			if want := map[bool]string{true: string(ours)}[c.status == 204 && c.path != "/open"]; seen != want {
				t.Errorf("it was %q", seen)
			}
		})
	}
}

func FuzzVerify(f *testing.F) {
	by := tokens(f, noon, first)
	good := issue(f, by, access.Portal)
	f.Add(good)
	f.Add("a.b.c")
	f.Add(good[:len(good)-1])
	f.Fuzz(func(t *testing.T, raw string) {
		if c, err := by.Verify(raw); err == nil && c.Number != ours {
			t.Errorf("%q is taken for %+v", raw, c)
		}
	})
}
