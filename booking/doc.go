// Package booking is the core: people, centres, slots, appointments, and the
// rules over them.
package booking
