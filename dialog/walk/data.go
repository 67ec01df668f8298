package walk

import (
	"fmt"

	"tikaline/booking"
)

// Number is the mobile number of every household here.
const Number booking.MSISDN = "+919876543210"

// The pincodes that a Core knows. Any other of six digits is like Pincode,
// unless it begins with 0: there is none such.
const (
	Pincode      = "700091" // in the directory
	NearPincode  = "799999" // not in it; its neighbours by number are
	EmptyPincode = "682559" // no centre for hundreds of kilometres
	BadPincode   = "012345" // there is no such
)

// A Script is the letters in which the people of a walk write their names.
type Script string

// Scripts are those that names are typed in.
var Scripts = []Script{"en", "hi", "bn"}

// names are long names of 25 characters: longer ones are shortened on the
// phone's screen anyway.
var names = map[Script][]string{
	"en": {"Venkata Satyanarayana Rao", "Mohammad Shahabuddin Khan", "Lakshmi Narayanaswamy Rao", "Bhubaneshwari Chakraborty"},
	"hi": {"राजराजेश्वरी नारायणस्वामी", "मोहम्मद शहाबुद्दीन अंसारी", "सत्यनारायण प्रसाद कुशवाहा", "श्रीमती भुवनेश्वरी कुमारी"},
	"bn": {"রাজরাজেশ্বরী ভট্টাচার্য্য", "মোহাম্মদ শাহাবুদ্দিন খানম", "শ্রীমতী অন্নপূর্ণা চৌধুরী", "শ্রীমতী ভুবনেশ্বরী মণ্ডলী"},
}

// Name is the nth long name in a script, from 0; there are four.
func Name(s Script, n int) string { return names[s][n%len(names[s])] }

// district has the longest name among those one is likely to live in.
var district = booking.District{
	ID:      608,
	Name:    booking.Names{"en": "Sahibzada Ajit Singh Nagar", "hi": "साहिबज़ादा अजीत सिंह नगर", "bn": "সাহিবজাদা অজিত সিং নগর"},
	StateID: 28,
	State:   booking.Names{"en": "Punjab", "hi": "पंजाब", "bn": "পাঞ্জাব"},
}

// A Place is a centre, how far it is, and what it offers.
type Place struct {
	booking.Centre
	Km       float64
	Sessions []booking.Session
}

// distances are near and far: a centre 600 km away is still named where there
// is no other.
var distances = []float64{0.4, 2.8, 9.6, 18.4, 99.6, 148.7, 587.3, 598.8}

// places are eight centres, all with names of booking.ShortMax characters, of
// which every other is private and the last has no room. Each has sessions on
// nine days, for every dose, of two vaccines side by side.
func places(from booking.Date) []Place {
	list := make([]Place, len(distances))
	for i, km := range distances {
		id := int64(1_234_500 + i)
		c := booking.Centre{
			ID: id, Code: fmt.Sprintf("WB-%d", id), Short: centreName(i), Name: centreName(i)["en"],
			Address: "House 12/4, Main Road, near Bus Stand, Rajendra Nagar, Patna", Block: "Rajendra Nagar",
			Pincode: Pincode, District: district.ID, Lat: 22.58, Lon: 88.41, Government: i%2 == 0,
		}
		if !c.Government {
			c.Fee = 1200
		}
		capacity := 1000
		if i == len(distances)-1 {
			capacity = 0
		}
		list[i] = Place{Centre: c, Km: km, Sessions: sessions(id, from, capacity)}
	}
	return list
}

func centreName(i int) booking.Names {
	return booking.Names{
		"en": fmt.Sprintf("Rajendra Nagar Govt Hospital %d", i+1),
		"hi": fmt.Sprintf("राजेन्द्र नगर राजकीय अस्पताल %d", i+1),
		"bn": fmt.Sprintf("রাজেন্দ্রনগর সরকারি হাসপাতাল %d", i+1),
	}
}

// windows are as the original had them; 11:30 to 12:30 takes most letters.
var windows = []booking.Window{{From: 570, To: 690}, {From: 690, To: 750}, {From: 750, To: 960}, {From: 960, To: 1050}}

func sessions(centre int64, from booking.Date, capacity int) []booking.Session {
	var list []booking.Session
	id := int64(0)
	for day := from; day < from+9; day++ {
		for dose := 1; dose <= 3; dose++ {
			for _, vaccine := range []string{"COVISHIELD", "COVAXIN"} {
				id++
				s := booking.Session{ID: id, Centre: centre, Day: day, Vaccine: vaccine, Dose: dose, MinAge: 18}
				for n, w := range windows {
					s.Slots = append(s.Slots, booking.Slot{ID: id*10 + int64(n), Window: w, Capacity: capacity, Spot: 100})
				}
				list = append(list, s)
			}
		}
	}
	return list
}
