package imports

import (
	_ "embed"
	"encoding/csv"
	"strconv"
	"strings"

	"tikaline/booking"
)

//go:embed districts.csv
var districtsCSV string

// Districts returns every district by the Co-WIN API's ids, with its state, in
// the order of the states and of their districts' English names. The names are
// in en, hi and bn.
func Districts() []booking.District {
	rows, err := csv.NewReader(strings.NewReader(districtsCSV)).ReadAll()
	if err != nil {
		panic(err) // the file is part of the program and tested with it
	}
	var list []booking.District
	for _, row := range rows[1:] {
		id, err := strconv.Atoi(row[0])
		if err != nil {
			panic(err)
		}
		state, err := strconv.Atoi(row[4])
		if err != nil {
			panic(err)
		}
		list = append(list, booking.District{
			ID: id, Name: booking.Names{"en": row[1], "hi": row[2], "bn": row[3]},
			StateID: state, State: booking.Names{"en": row[5], "hi": row[6], "bn": row[7]},
		})
	}
	return list
}
