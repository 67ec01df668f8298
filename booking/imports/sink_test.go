package imports

import (
	"context"

	"tikaline/booking"
)

// A memorySink keeps what it is given, with ids of its own for centres.
type memorySink struct {
	districts []booking.District
	pincodes  []booking.Pincode
	centres   []booking.Centre
	sessions  []booking.Session
	err       error
}

func (s *memorySink) PutDistricts(_ context.Context, list []booking.District) error {
	s.districts = list
	return s.err
}

func (s *memorySink) PutPincodes(_ context.Context, list []booking.Pincode) error {
	s.pincodes = append(s.pincodes, list...)
	return s.err
}

func (s *memorySink) PutCentres(_ context.Context, list []booking.Centre) error {
	s.centres = append(s.centres, list...)
	return s.err
}

func (s *memorySink) PutSessions(_ context.Context, list []booking.Session) error {
	s.sessions = append(s.sessions, list...)
	return s.err
}

func (s *memorySink) CentreIDs(context.Context) (map[string]int64, error) {
	ids := make(map[string]int64)
	for i, c := range s.centres {
		ids[c.Code] = int64(1001 + i)
	}
	return ids, s.err
}
