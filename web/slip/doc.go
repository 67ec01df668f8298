// Package slip makes the paper of an appointment: one person, one day, one
// centre, as a PDF and as a page that is printed.
package slip
