package main

import (
	"net/http"
	"sync"

	"github.com/labstack/echo/v4"

	"tikaline/booking"
	"tikaline/cmd/tikaline/ops"
)

// An inbox is where the demo's messages go in place of a network: the last few
// of each number, gone when the program ends.
type inbox struct {
	mu     sync.Mutex
	phones map[booking.MSISDN][]ops.Delivered
}

// inboxMost bounds the messages kept for a number, inboxPhones the numbers: a
// demo that runs for weeks must not fill the memory.
const (
	inboxMost   = 50
	inboxPhones = 10_000
)

func newInbox() *inbox { return &inbox{phones: make(map[booking.MSISDN][]ops.Delivered)} }

func (b *inbox) deliver(to booking.MSISDN, m ops.Delivered) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, known := b.phones[to]; !known && len(b.phones) >= inboxPhones {
		clear(b.phones)
	}
	all := append(b.phones[to], m)
	b.phones[to] = all[max(0, len(all)-inboxMost):]
}

// handle answers with a phone's messages, oldest first.
func (b *inbox) handle(c echo.Context) error {
	number, err := booking.ParseMSISDN(c.QueryParam("number"))
	if err != nil {
		return echo.NewHTTPError(http.StatusBadRequest, "number is not an Indian mobile number")
	}
	b.mu.Lock()
	all := append([]ops.Delivered{}, b.phones[number]...)
	b.mu.Unlock()
	return c.JSON(http.StatusOK, all)
}
