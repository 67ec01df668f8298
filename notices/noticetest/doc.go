// Package noticetest makes the file of DLT template ids that an operator would
// fill in, for the tests of whoever reads it.
//
//	file := noticetest.Registry(t, noticetest.Same)
package noticetest
