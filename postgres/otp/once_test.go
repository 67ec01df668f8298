package otp_test

import (
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/otp"
)

// TestOTP_sent_twice: a form that is sent twice opens one request and is right
// twice; nobody else is right with its code.
func TestOTP_sent_twice(t *testing.T) {
	t.Parallel()
	d := newOTPDesk(t)
	s := d.service(otpSecrets[0])
	const n = booking.MSISDN("+919811000071")

	asking, try := uuid.New(), uuid.New()
	var txns, numbers sync.Map
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			txn, err := s.AskOnce(t.Context(), asking, n, otp.ForPages, nowhere)
			if err != nil {
				t.Error(err)
			}
			txns.Store(txn, true)
		})
	}
	wg.Wait()
	var txn uuid.UUID
	for k := range txns.Range {
		if txn != uuid.Nil {
			t.Fatal("opened several requests")
		}
		txn = k.(uuid.UUID)
	}
	code := d.sent(n)
	for range 4 {
		wg.Go(func() {
			number, err := s.CheckOnce(t.Context(), try, txn, otp.Hash(code))
			if err != nil {
				t.Error(err)
			}
			numbers.Store(number, true)
		})
	}
	wg.Wait()
	if _, ok := numbers.Load(n); !ok {
		t.Error("proved another number")
	}
	late := d.service(otpSecrets[0]) // another node, which has nothing in memory
	if number, err := late.CheckOnce(t.Context(), try, txn, otp.Hash(code)); err != nil || number != n {
		t.Errorf("at another node: %v, %v", number, err)
	}
	for what, once := range map[string]uuid.UUID{"another try": uuid.New(), "one without a name": uuid.Nil} {
		if _, err := d.service(otpSecrets[0]).CheckOnce(t.Context(), once, txn, otp.Hash(code)); err == nil {
			t.Errorf("%s was right as well", what)
		}
	}
	d.wait(11 * time.Minute)
	if _, err := d.service(otpSecrets[0]).CheckOnce(t.Context(), try, txn, otp.Hash(code)); err == nil {
		t.Error("right after the request was over")
	}
}
