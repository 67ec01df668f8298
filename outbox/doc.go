// Package outbox sends what is owed: it claims due notices from the store,
// words them, hands them to a provider, and notes what became of each.
package outbox
