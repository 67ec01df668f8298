package booking

// The vaccines of India's programme, by the names that are stored and that the
// Co-WIN API has on its wire.
const (
	Covishield = "COVISHIELD"
	Covaxin    = "COVAXIN"
	SputnikV   = "SPUTNIK V"
	Corbevax   = "CORBEVAX"
)

// VaccineNames returns a vaccine's name as people write it, in each language.
// A vaccine that is new and has no names yet gets the name of the wire.
func VaccineNames(wire string) Names {
	if n := vaccineNames[wire]; n != nil {
		return n
	}
	return Names{"en": wire}
}

var vaccineNames = map[string]Names{
	Covishield: {"en": "Covishield", "hi": "कोविशील्ड", "bn": "কোভিশিল্ড"},
	Covaxin:    {"en": "Covaxin", "hi": "कोवैक्सीन", "bn": "কোভ্যাক্সিন"},
	SputnikV:   {"en": "Sputnik V", "hi": "स्पुतनिक", "bn": "স্পুটনিক"},
	Corbevax:   {"en": "Corbevax", "hi": "कॉर्बेवैक्स", "bn": "কর্বেভ্যাক্স"},
}
