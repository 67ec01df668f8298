package walk

import "tikaline/booking"

// Directory is the centres that Notices speak of.
func Directory() booking.Directory {
	d := booking.Directory{Districts: []booking.District{district}}
	for _, p := range places(longest) {
		d.Centres = append(d.Centres, p.Centre)
	}
	return d
}
