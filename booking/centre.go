package booking

// A Centre is a place where doses are given.
type Centre struct {
	ID         int64
	Code       string // the operator's own code; unique
	Name       string
	Short      Names // at most 30 characters in each language
	Address    string
	Block      string
	Pincode    string
	District   int // the Co-WIN API's id
	Lat, Lon   float64
	Government bool
	Fee        int // rupees; 0 is free
}

// ShortMax is the longest short name, in characters: what a registered SMS
// template allows a variable.
const ShortMax = 30

// A Session is one centre on one day with one vaccine for one group and dose.
type Session struct {
	ID      int64
	Centre  int64
	Day     Date
	Vaccine string
	Dose    int // which dose is given: 1, 2, 3
	MinAge  int
	MaxAge  int // 0: no upper limit
	Slots   []Slot
}

// A Slot is a window of a session. Online booking fills Capacity; Spot is the
// share for people who come without a booking, which online booking does not
// touch.
type Slot struct {
	ID       int64
	Window   Window
	Capacity int
	Booked   int
	Spot     int
	SpotUsed int
	Closed   bool // the session was called off
}

// A District is one of the Co-WIN API's, with its state.
type District struct {
	ID      int
	Name    Names
	StateID int
	State   Names
}

// A Pincode is a postal code and its position. District is the district that it
// mostly lies in, 0 where its name was not recognised; the names are as the
// directory gives them.
type Pincode struct {
	Code         string
	Lat, Lon     float64
	District     int
	DistrictName string
	StateName    string
}
