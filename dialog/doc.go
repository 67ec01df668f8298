// Package dialog holds the conversations.
package dialog
