package main

import (
	"context"
	"strconv"

	"tikaline/booking"
	"tikaline/postgres/benchdb"
)

// benchPincode is the pincode of the callers.
const benchPincode = "800001"

// fillPlaces stores two thousand centres, a dozen of them around the callers,
// each with a session of four slots on each of the coming days.
func fillPlaces(ctx context.Context, db string) error {
	return benchdb.Execute(ctx, db,
		`INSERT INTO district (id, name_en, name_hi, name_bn, state_id, state_en, state_hi, state_bn)
		VALUES (97, 'Patna', 'पटना', 'পাটনা', 5, 'Bihar', 'बिहार', 'বিহার')`,
		`INSERT INTO pincode (pincode, lat, lon, district_id, district_name, state_name)
		VALUES ('`+benchPincode+`', 25.6190, 85.1410, 97, 'Patna', 'Bihar')`,
		`INSERT INTO centre (id, code, name, short_en, short_hi, short_bn, address, block, pincode, district_id, lat, lon, government, fee)
		SELECT n, 'B' || n, 'PHC ' || n, 'PHC ' || n, 'प्रा.स्वा. केंद्र ' || n, 'প্রা.স্বা. কেন্দ্র ' || n, 'Main Road', 'Sadar',
			CASE WHEN n <= 12 THEN '`+benchPincode+`' ELSE (100000 + n * 397 % 700000)::text END, 97,
			CASE WHEN n <= 12 THEN 25.6 + n * 0.004 ELSE 8 + n * 7.31 % 25 END,
			CASE WHEN n <= 12 THEN 85.1 + n * 0.004 ELSE 70 + n * 3.77 % 20 END, n % 5 <> 0, CASE WHEN n % 5 = 0 THEN 250 ELSE 0 END
		FROM generate_series(1, 2000) n`,
		`INSERT INTO session (centre_id, id, day, vaccine, dose, min_age, max_age)
		SELECT c.id, (c.id - 1) * 10 + d, current_date + d, 'COVISHIELD', 1, 18, 0
		FROM centre c, generate_series(1, 10) d`,
		`INSERT INTO slot (centre_id, id, session_id, day, starts, ends, capacity, spot, changed_at)
		SELECT s.centre_id, s.id * 4 + w, s.id, s.day, 540 + 120 * w, 660 + 120 * w, 50, 10, now()
		FROM session s, generate_series(0, 3) w`)
}

// fillHouseholds stores the callers: they speak Hindi and have searched before.
func fillHouseholds(ctx context.Context, db string, n int) error {
	numbers := make([]booking.MSISDN, n)
	for i := range numbers {
		numbers[i] = booking.MSISDN("+" + strconv.FormatInt(firstCaller+int64(i), 10))
	}
	return benchdb.FillHouseholds(ctx, db, benchPincode, numbers)
}
