package places

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"tikaline/booking"

	"tikaline/postgres/batch"
)

// chunk is how many rows an import sends in one statement.
const chunk = 5000

// put runs an import: all of it or nothing, and safe to repeat.
func (s *Store) put(ctx context.Context, op string, f func(context.Context, pgx.Tx) error) error {
	return s.db.RetryTx(ctx, op, batch.Ordered, func(ctx context.Context, tx pgx.Tx) error { return f(ctx, tx) })
}

// twice returns an error if two of a list have the same key.
func twice[T any, K comparable](list []T, key func(T) K) error {
	seen := make(map[K]bool, len(list))
	for _, v := range list {
		k := key(v)
		if seen[k] {
			return fmt.Errorf("%v is there twice", k)
		}
		seen[k] = true
	}
	return nil
}

// PutDistricts adds districts, or changes those of the same id.
func (s *Store) PutDistricts(ctx context.Context, list []booking.District) error {
	if err := twice(list, func(d booking.District) int { return d.ID }); err != nil {
		return fmt.Errorf("put districts: %w", err)
	}
	return s.put(ctx, "put districts", func(ctx context.Context, tx pgx.Tx) error {
		for part := range slices.Chunk(list, chunk) {
			n := len(part)
			id, state := make([]int32, n), make([]int32, n)
			en, hi, bn := make([]string, n), make([]string, n), make([]string, n)
			stateEn, stateHi, stateBn := make([]string, n), make([]string, n), make([]string, n)
			for i, d := range part {
				id[i], state[i] = int32(d.ID), int32(d.StateID)
				en[i], hi[i], bn[i] = d.Name["en"], d.Name["hi"], d.Name["bn"]
				stateEn[i], stateHi[i], stateBn[i] = d.State["en"], d.State["hi"], d.State["bn"]
			}
			if _, err := tx.Exec(ctx, `
				INSERT INTO district (
					id,
					name_en,
					name_hi,
					name_bn,
					state_id,
					state_en,
					state_hi,
					state_bn
				)
				SELECT
					unnest(@id::integer[]),
					unnest(@en::text[]),
					unnest(@hi::text[]),
					unnest(@bn::text[]),
					unnest(@state::integer[]),
					unnest(@state_en::text[]),
					unnest(@state_hi::text[]),
					unnest(@state_bn::text[])
				ON CONFLICT (id) DO UPDATE SET
					name_en = excluded.name_en,
					name_hi = excluded.name_hi,
					name_bn = excluded.name_bn,
					state_id = excluded.state_id,
					state_en = excluded.state_en,
					state_hi = excluded.state_hi,
					state_bn = excluded.state_bn`,
				pgx.StrictNamedArgs{
					"id":       id,
					"en":       en,
					"hi":       hi,
					"bn":       bn,
					"state":    state,
					"state_en": stateEn,
					"state_hi": stateHi,
					"state_bn": stateBn,
				}); err != nil {
				return err
			}
		}
		return nil
	})
}

// PutPincodes adds pincodes, or changes those of the same code.
func (s *Store) PutPincodes(ctx context.Context, list []booking.Pincode) error {
	if err := twice(list, func(p booking.Pincode) string { return p.Code }); err != nil {
		return fmt.Errorf("put pincodes: %w", err)
	}
	return s.put(ctx, "put pincodes", func(ctx context.Context, tx pgx.Tx) error {
		for part := range slices.Chunk(list, chunk) {
			n := len(part)
			code, name, state := make([]string, n), make([]string, n), make([]string, n)
			lat, lon, district := make([]float64, n), make([]float64, n), make([]int32, n)
			for i, p := range part {
				code[i], name[i], state[i] = p.Code, p.DistrictName, p.StateName
				lat[i], lon[i], district[i] = p.Lat, p.Lon, int32(p.District)
			}
			if _, err := tx.Exec(ctx, `
				INSERT INTO pincode (
					pincode,
					lat,
					lon,
					district_id,
					district_name,
					state_name
				)
				SELECT
					unnest($1::text[]),
					unnest($2::double precision[]),
					unnest($3::double precision[]),
					unnest($4::integer[]),
					unnest($5::text[]),
					unnest($6::text[])
				ON CONFLICT (pincode) DO UPDATE SET
					lat = excluded.lat,
					lon = excluded.lon,
					district_id = excluded.district_id,
					district_name = excluded.district_name,
					state_name = excluded.state_name`,
				code, lat, lon, district, name, state); err != nil {
				return err
			}
		}
		return nil
	})
}

// PutCentres adds centres, or changes those of the same Code and takes them
// into use again, and returns their ids in the order of the list. It ignores an
// ID in the list.
func (s *Store) PutCentres(ctx context.Context, list []booking.Centre) ([]int64, error) {
	if err := twice(list, func(c booking.Centre) string { return c.Code }); err != nil {
		return nil, fmt.Errorf("put centres: %w", err)
	}
	byCode := make(map[string]int64, len(list))
	err := s.put(ctx, "put centres", func(ctx context.Context, tx pgx.Tx) error {
		for part := range slices.Chunk(list, chunk) {
			if err := putCentres(ctx, tx, part, byCode); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(list))
	for i, c := range list {
		ids[i] = byCode[c.Code]
	}
	return ids, nil
}

// CentreIDs returns the id of every centre by its code.
func (s *Store) CentreIDs(ctx context.Context) (map[string]int64, error) {
	ids := make(map[string]int64)
	err := s.db.RetryConn(ctx, "read centre ids", func(ctx context.Context, conn *pgx.Conn) error {
		clear(ids)
		rows, err := conn.Query(ctx, `SELECT code, id FROM centre`)
		if err != nil {
			return err
		}
		var code string
		var id int64
		_, err = pgx.ForEachRow(rows, []any{&code, &id}, func() error {
			ids[code] = id
			return nil
		})
		return err
	})
	return ids, err
}

func putCentres(ctx context.Context, tx pgx.Tx, list []booking.Centre, byCode map[string]int64) error {
	n := len(list)
	code, name, address, block := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	en, hi, bn, pincode := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	district, fee, government := make([]int32, n), make([]int32, n), make([]bool, n)
	lat, lon := make([]float64, n), make([]float64, n)
	for i, c := range list {
		code[i], name[i], address[i], block[i] = c.Code, c.Name, c.Address, c.Block
		en[i], hi[i], bn[i], pincode[i] = c.Short["en"], c.Short["hi"], c.Short["bn"], c.Pincode
		district[i], fee[i], government[i] = int32(c.District), int32(c.Fee), c.Government
		lat[i], lon[i] = c.Lat, c.Lon
	}
	rows, err := tx.Query(ctx, `
		INSERT INTO centre (
			code,
			name,
			short_en,
			short_hi,
			short_bn,
			address,
			block,
			pincode,
			district_id,
			lat,
			lon,
			government,
			fee
		)
		SELECT
			unnest(@code::text[]),
			unnest(@name::text[]),
			unnest(@en::text[]),
			unnest(@hi::text[]),
			unnest(@bn::text[]),
			unnest(@address::text[]),
			unnest(@block::text[]),
			unnest(@pincode::text[]),
			unnest(@district::integer[]),
			unnest(@lat::double precision[]),
			unnest(@lon::double precision[]),
			unnest(@government::boolean[]),
			unnest(@fee::integer[])
		ON CONFLICT (code) DO UPDATE SET
			name = excluded.name,
			short_en = excluded.short_en,
			short_hi = excluded.short_hi,
			short_bn = excluded.short_bn,
			address = excluded.address,
			block = excluded.block,
			pincode = excluded.pincode,
			district_id = excluded.district_id,
			lat = excluded.lat,
			lon = excluded.lon,
			government = excluded.government,
			fee = excluded.fee,
			active = true
		RETURNING id, code`,
		pgx.StrictNamedArgs{
			"code":       code,
			"name":       name,
			"en":         en,
			"hi":         hi,
			"bn":         bn,
			"address":    address,
			"block":      block,
			"pincode":    pincode,
			"district":   district,
			"lat":        lat,
			"lon":        lon,
			"government": government,
			"fee":        fee,
		})
	if err != nil {
		return err
	}
	var id int64
	var c string
	_, err = pgx.ForEachRow(rows, []any{&id, &c}, func() error { byCode[c] = id; return nil })
	return err
}
