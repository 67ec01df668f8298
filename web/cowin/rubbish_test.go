package cowin_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestRubbish sends every operation values of all sorts, sensible and not: the
// answer is always one that is described and no fault of ours.
func TestRubbish(t *testing.T) {
	r := newRig(t, setting{})
	ref := r.register("token", "Asha Example", 1958, "0017")
	values := []any{
		"", " ", "0", "1", "2", "-1", "3.5", "1e9", "NaN", "null", "true", "97", "800001", "8000011", "०८०००१", "06-05-2021", "31-02-2021", "2021-05-06",
		r.vars["session"], r.vars["single"], r.vars["center"], ref, "09:00AM-11:00AM", "FORENOON", "6a1c0e1e-52f4-4c39-8a0b-3c8f6b7d9e01",
		"00000000-0000-0000-0000-000000000000", "Asha Example", "आशा देवी", "<script>", "'; DROP TABLE slot; --", "\x00", "\xff", strings.Repeat("9", 400),
		1, 2, 3, -1, 1e300, 97, true, nil, []any{}, []any{ref}, []any{ref, ref, 1}, []any{nil, []any{}}, map[string]any{"a": 1},
	}
	names := []string{
		"date", "pincode", "district_id", "districtID", "center_id", "lat", "long", "vaccine", "appointment_id", "beneficiary_reference_id", "Accept-Language",
		"dose", "session_id", "slot", "beneficiaries", "beneficiariesToCancel", "captcha", "name", "birth_year", "gender_id", "photo_id_type", "photo_id_number",
		"comorbidity_ind", "consent_version",
	}
	rapid.Check(t, func(rt *rapid.T) {
		given := rapid.MapOf(rapid.SampledFrom(names), rapid.SampledFrom(values)).Draw(rt, "values")
		body := rapid.SampledFrom([]string{"", "{", "[]", `"x"`, "\xff", "{}"}).Draw(rt, "body")
		if rapid.Bool().Draw(rt, "body of the values") {
			b, err := json.Marshal(given)
			if err != nil {
				rt.Fatal(err)
			}
			body = string(b)
		}
		query := url.Values{}
		for name, v := range given {
			if s, ok := v.(string); ok {
				query.Set(name, s)
			}
		}
		token := rapid.SampledFrom([]string{"{token}", "{token}", "{theirs}", "{public}", "null", ""}).Draw(rt, "token")
		state := url.PathEscape(rapid.SampledFrom([]string{"5", "99", "-1", "x", "1e9", "०"}).Draw(rt, "state"))
		for _, operation := range r.spec.operations() {
			method, path, _ := strings.Cut(operation, " ")
			if strings.HasPrefix(path, "/auth/") && path != "/auth/getRecaptcha" {
				continue // web/access tests those
			}
			path = strings.ReplaceAll(path, "{state_id}", state)
			got := r.request(strings.ToUpper(method) + " " + path + "?" + query.Encode() + "\nAuthorization: Bearer " + token + "\n\n" + body)
			if got.status >= 500 || got.status == 405 || t.Failed() {
				rt.Fatalf("%s %s?%s %s: %d %s", method, path, query.Encode(), body, got.status, got.body)
			}
		}
	})
}
