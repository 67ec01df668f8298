package bookings

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
)

// NamePerson gives a person who has no name yet one, in the caller's
// transaction. It returns the number and the recording of the spoken name; named
// is false where the person has a name, or is not there.
func NamePerson(ctx context.Context, tx pgx.Tx, cell int16, reference, name string) (number, recording string, named bool, err error) {
	err = tx.QueryRow(ctx, `
		UPDATE beneficiary
		SET name = $3
		WHERE cell = $1 AND reference = $2 AND name = '' AND removed_at IS NULL
		RETURNING msisdn, recording`,
		cell, reference, name).Scan(&number, &recording)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", "", false, nil
	}
	return number, recording, err == nil, err
}
