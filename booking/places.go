package booking

// A Located is where a pincode lies. Exact is false where the directory does
// not have the pincode and its neighbours by number were taken instead: the
// caller must be told.
type Located struct {
	Pincode
	Asked string // the pincode that was asked for
	Exact bool
}

// A Suiting says who a search is for: sessions from a day on that fit.
type Suiting struct {
	From Date
	Fits func(Session) bool
}

// An Offer is a centre near a place.
type Offer struct {
	Centre Centre
	Km     float64
	Free   int  // places open to the person, over all its days
	First  Date // the first day with a place; 0 where Free is 0
}

// A SlotOffer is a slot with room.
type SlotOffer struct {
	ID      SlotID
	Session Session
	Window  Window
	Free    int
}

// Directory is all that a search needs, as a store or a file gives it.
type Directory struct {
	Districts []District
	Pincodes  []Pincode
	Centres   []Centre
	Sessions  []Session // with their slots
}

// A SlotCount is how a slot stands now.
type SlotCount struct {
	ID       SlotID
	Capacity int
	Booked   int
	Closed   bool
}

// Places answers every search from memory. It is filled by Replace, kept
// current by Update, and safe for concurrent use; the zero Places is empty.
type Places struct{}

// Replace takes a whole directory in place of the one before.
func (p *Places) Replace(d Directory) {}

// Update takes new counts of slots it knows and says how many it did not know.
func (p *Places) Update(counts []SlotCount) (unknown int) { return 0 }

// Filled notes that a slot was found full, until the next Update says better.
func (p *Places) Filled(id SlotID) {}

// Locate says where a pincode lies. Problem: BadPincode.
func (p *Places) Locate(pincode string) (Located, error) { return Located{}, nil }

// Centre is the centre of that id.
func (p *Places) Centre(id int64) (Centre, bool) { return Centre{}, false }

// District is the district of that id.
func (p *Places) District(id int) (District, bool) { return District{}, false }

// Slot is the slot of that id with its session (which has no Slots).
func (p *Places) Slot(id SlotID) (Session, Slot, bool) { return Session{}, Slot{}, false }

// Nearest is at most max centres by distance, those with room first.
func (p *Places) Nearest(at Located, who Suiting, max int) []Offer { return nil }

// Slots is the slots of a centre with room that fit, soonest first.
func (p *Places) Slots(centre int64, who Suiting) []SlotOffer { return nil }
