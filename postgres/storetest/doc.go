// Package storetest has the helpers that the tests of the store's rooms share:
// a store on a database of the test's own, people and places to put in, and
// queries behind its back.
//
//	f := storetest.New(t, postgres.Options{})
//	asha := f.MustRegister(storetest.Number(1), "Asha Devi")
//	slot := f.Slots(0, 10)[0]
//	f.MustBook(asha, slot)
//	f.Consistent()
package storetest
