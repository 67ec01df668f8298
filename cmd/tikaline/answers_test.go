package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"tikaline/booking"
	"tikaline/cmd/tikaline/ops"
	"tikaline/dialog"
	"tikaline/dialog/walk"
)

// standsAt returns the flow and step that a number's stored conversation asks;
// "" where there is none.
func standsAt(ctx context.Context, conn *pgx.Conn, number string) (string, error) {
	var b []byte
	n := booking.MSISDN(number)
	err := conn.QueryRow(ctx, `SELECT state FROM conversation WHERE cell = $1 AND msisdn = $2`, n.Cell(), string(n)).Scan(&b)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("state of …%s: %w", n.Tail(), err)
	}
	s := new(dialog.State)
	if err := json.Unmarshal(b, s); err != nil {
		return "", fmt.Errorf("state of …%s: %w", n.Tail(), err)
	}
	return walk.StandsAt(s), nil
}

// until gives the program what answers each question, as walk.Usual has it but
// for the pairs of a step and its answer, until a step is asked; "" is the end.
// It returns what it gave. Of a choice it takes the first.
func until(ctx context.Context, conn *pgx.Conn, number, to string, give func(in string) error, pairs ...string) (given []string, err error) {
	asked := func() (at string, p dialog.Prompt, err error) {
		at, err = standsAt(ctx, conn, number)
		return at, p, err
	}
	err = walk.Answers{"find/pincode": "800001"}.With(pairs...).Until(to, asked, func(_ string, _ dialog.Prompt, in string) error {
		in = cmp.Or(in, "1")
		given = append(given, in)
		return give(in)
	})
	return given, err
}

// pressUntil does so on a phone, and returns the last screen.
func pressUntil(ctx context.Context, conn *pgx.Conn, p *ops.Phone, to string, pairs ...string) (sc ops.Screen, err error) {
	_, err = until(ctx, conn, p.Number, to, func(in string) (err error) {
		sc, err = p.Press(ctx, in)
		return err
	}, pairs...)
	return sc, err
}
