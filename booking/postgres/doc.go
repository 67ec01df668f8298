// Package postgres is the store: SQL beside its scan, on pgx.
package postgres
