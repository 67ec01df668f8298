package staff

import (
	"context"
	"crypto/sha256"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"tikaline/booking"
)

// Staff returns the staff member of that login; false where there is none.
func (s *Store) Staff(ctx context.Context, login string) (booking.StaffMember, bool, error) {
	list, err := s.staff(ctx, `WHERE login = $1`, login)
	if err != nil || len(list) == 0 {
		return booking.StaffMember{}, false, err
	}
	return list[0], true, nil
}

// StaffList returns all staff, by centre and login.
func (s *Store) StaffList(ctx context.Context) ([]booking.StaffMember, error) {
	return s.staff(ctx, `ORDER BY centre_id, login`)
}

func (s *Store) staff(ctx context.Context, which string, args ...any) ([]booking.StaffMember, error) {
	var list []booking.StaffMember
	err := s.db.RetryConn(ctx, "read staff", func(ctx context.Context, conn *pgx.Conn) error {
		list = list[:0]
		rows, err := conn.Query(ctx, `
			SELECT
				login,
				name,
				centre_id,
				password,
				disabled,
				created_at
			FROM staff `+which, args...)
		if err != nil {
			return err
		}
		var m booking.StaffMember
		_, err = pgx.ForEachRow(rows, []any{&m.Login, &m.Name, &m.Centre, &m.Password, &m.Disabled, &m.At}, func() error {
			list = append(list, m)
			return nil
		})
		return err
	})
	return list, err
}

// PutStaff adds a staff member, or changes the one of that login.
func (s *Store) PutStaff(ctx context.Context, m booking.StaffMember) error {
	return s.db.RetryConn(ctx, "keep staff", func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, `
			INSERT INTO staff (login, name, centre_id, password, disabled, created_at)
			VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (login) DO UPDATE
			SET name = excluded.name,
				centre_id = excluded.centre_id,
				password = excluded.password,
				disabled = excluded.disabled`,
			m.Login, m.Name, m.Centre, m.Password, m.Disabled, m.At)
		return err
	})
}

// SignIns returns the sign-ins as a Store of scs. Tokens are kept as hashes.
func (s *Store) SignIns() SignIns { return SignIns{s} }

// SignIns is a store of sessions of scs.
type SignIns struct{ store *Store }

func hashed(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// FindCtx returns the data of a token that is still valid.
func (x SignIns) FindCtx(ctx context.Context, token string) (data []byte, found bool, err error) {
	err = x.store.db.RetryConn(ctx, "read sign-in", func(ctx context.Context, conn *pgx.Conn) error {
		err := conn.QueryRow(ctx, `SELECT data FROM sign_in WHERE token = $1 AND until > $2`,
			hashed(token), x.store.db.Now()).Scan(&data)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		found = err == nil
		return err
	})
	return data, found, err
}

// CommitCtx keeps the data of a token until a time.
func (x SignIns) CommitCtx(ctx context.Context, token string, data []byte, until time.Time) error {
	return x.store.db.RetryConn(ctx, "keep sign-in", func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, `
			INSERT INTO sign_in (token, data, until)
			VALUES ($1, $2, $3)
			ON CONFLICT (token) DO UPDATE SET data = excluded.data, until = excluded.until`,
			hashed(token), data, until)
		return err
	})
}

// DeleteCtx deletes a token.
func (x SignIns) DeleteCtx(ctx context.Context, token string) error {
	return x.store.db.RetryConn(ctx, "forget sign-in", func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, `DELETE FROM sign_in WHERE token = $1`, hashed(token))
		return err
	})
}

// Find, Commit and Delete are the same for a caller without a context, as scs
// has them in its interface; it calls the others.
func (x SignIns) Find(token string) ([]byte, bool, error) {
	return x.FindCtx(context.Background(), token)
}

// Commit is CommitCtx.
func (x SignIns) Commit(token string, data []byte, until time.Time) error {
	return x.CommitCtx(context.Background(), token, data, until)
}

// Delete is DeleteCtx.
func (x SignIns) Delete(token string) error { return x.DeleteCtx(context.Background(), token) }

// ForgetSignIns deletes those whose time is over, at most limit of them, and
// returns how many.
func (s *Store) ForgetSignIns(ctx context.Context, now time.Time, limit int) (int, error) {
	n := 0
	err := s.db.RetryConn(ctx, "forget sign-ins", func(ctx context.Context, conn *pgx.Conn) error {
		tag, err := conn.Exec(ctx, `
			DELETE FROM sign_in
			WHERE token IN (SELECT token FROM sign_in WHERE until < $1 LIMIT $2)
				-- unless somebody has gone on with it since
				AND until < $1`, now, limit)
		n = int(tag.RowsAffected())
		return err
	})
	return n, err
}
