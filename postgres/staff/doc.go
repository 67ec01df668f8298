// Package staff keeps the logins of centres' staff in Postgres, and their
// sign-ins.
//
//	store := staff.New(db)
//	m, found, err := store.Staff(ctx, "asha.k")
//	sessions := store.SignIns() // what scs asks for; tokens are kept as hashes
package staff
