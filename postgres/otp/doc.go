// Package otp keeps requests for one-time passwords in Postgres.
//
//	store := otp.New(db)
//	asked, err := store.AskOTP(ctx, asking)
//	checked, err := store.CheckOTP(ctx, checking)
//
// # What was decided, and why
//
// Requests for passwords and checks of them run in batches. A check takes its
// attempt in the statement that finds whether one is left, compares under that
// row's lock, and uses up the number's codes by an UPDATE that names the hash:
// of any number of guesses at once no more are compared than there are attempts
// left, and a code answers one request. Only hashes under a key that is not in
// the database are stored.
package otp
