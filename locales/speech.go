package locales

import (
	"math"
	"strconv"
	"strings"
)

// In speech a value is said by what it is called: {{.Pincode}} is digits one by
// one and no number of seven hundred thousand. The values themselves are plain
// strings, as they are stored, and every other medium writes them as they are.
//
//	Pincode, Reference, Last4   "1 1 0, 0 0 1": in groups, letters by their names
//	Code                        "4 8, 2 1": in pairs, for writing it down
//	Year                        "19 सौ 58"
//	Dose                        "first", "पहली", "প্রথম"
//
// What has another name only loses the signs that a voice would read out.
func appendHeard(out []byte, lang, name, words string) []byte {
	switch name {
	case "Pincode", "Reference", "Last4":
		return appendSpelt(out, lang, words, groupMost)
	case "Code":
		return appendSpelt(out, lang, words, 2)
	case "Year":
		return appendYear(out, lang, words)
	case "Dose":
		return appendOrdinal(out, lang, words)
	}
	return append(out, unsaid.Replace(words)...)
}

// unsaid takes out of names and addresses what a voice reads as "slash".
var unsaid = strings.NewReplacer("/", " ", " (", ", ", "(", "", ")", "", "_", " ", "|", ",", "..", ".")

// groupMost is how many digits people keep in mind at once.
const groupMost = 4

// appendSpelt says letters and digits one by one, in groups of at most the
// given size that are as even as they come, the longer first: 3 and 3 of a
// pincode, 4 4 3 3 of a reference. Voices pause at a comma.
func appendSpelt(out []byte, lang, code string, size int) []byte {
	var said []string
	for i := range len(code) {
		switch c := code[i]; {
		case c >= '0' && c <= '9':
			said = append(said, code[i:i+1])
		case c >= 'A' && c <= 'Z':
			said = append(said, letterName(lang, int(c-'A')))
		case c >= 'a' && c <= 'z':
			said = append(said, letterName(lang, int(c-'a')))
		}
	}
	groups := (len(said) + size - 1) / size
	for ; groups > 0; groups-- {
		n := (len(said) + groups - 1) / groups
		for i, s := range said[:n] {
			if i > 0 {
				out = append(out, ' ')
			}
			out = append(out, s...)
		}
		if said = said[n:]; groups > 1 {
			out = append(out, ", "...)
		}
	}
	return out
}

// Letters have their English names in every language; only a voice that reads
// the script needs them in it.
var (
	hindiLetters = strings.Fields("ए बी सी डी ई एफ जी एच आई जे के एल एम एन ओ पी क्यू आर एस टी यू वी डब्ल्यू एक्स वाई ज़ेड")

	bengaliLetters = strings.Fields("এ বি সি ডি ই এফ জি এইচ আই জে কে এল এম এন ও পি কিউ আর এস টি ইউ ভি ডব্লিউ এক্স ওয়াই জেড")
)

func letterName(lang string, n int) string {
	switch lang {
	case Hindi:
		return hindiLetters[n]
	case Bengali:
		return bengaliLetters[n]
	}
	return string(rune('A' + n))
}

// hundred is what stands between the halves of a year: 19 सौ 58. Voices read
// 1958 as one thousand nine hundred in both languages, which nobody says.
var hundred = map[string]string{Hindi: " सौ ", Bengali: " শো "}

func appendYear(out []byte, lang, year string) []byte {
	n, err := strconv.Atoi(year)
	between, split := hundred[lang]
	if err != nil || !split || n < 1100 || n > 1999 {
		return append(out, year...)
	}
	out = strconv.AppendInt(out, int64(n/100), 10)
	if n %= 100; n == 0 {
		return append(out, strings.TrimRight(between, " ")...)
	}
	return strconv.AppendInt(append(out, between...), int64(n), 10)
}

// ordinals go with a dose, which is feminine in Hindi. Nobody has had a fifth.
var ordinals = map[string][]string{
	English: {"first", "second", "third", "fourth"},
	Hindi:   {"पहली", "दूसरी", "तीसरी", "चौथी"},
	Bengali: {"প্রথম", "দ্বিতীয়", "তৃতীয়", "চতুর্থ"},
}

func appendOrdinal(out []byte, lang, number string) []byte {
	n, err := strconv.Atoi(number)
	if list := ordinals[lang]; err == nil && n >= 1 && n <= len(list) {
		return append(out, list[n-1]...)
	}
	return append(out, number...)
}

// A distance is heard with its unit, for below a kilometre there is none. That
// it is a round one everybody knows.
var distances = map[string]struct{ near, unit string }{
	English: {"very near", " kilometres"},
	Hindi:   {"पास ही", " किलोमीटर"},
	Bengali: {"খুব কাছে", " কিলোমিটার"},
}

func appendHeardKm(out []byte, lang string, km float64) []byte {
	d, ok := distances[lang]
	if !ok {
		return appendKm(out, km)
	}
	if km < 1 {
		return append(out, d.near...)
	}
	if km > 100 {
		km = math.Round(km/10) * 10
	}
	whole := int64(math.Round(km))
	out = strconv.AppendInt(out, whole, 10)
	if whole == 1 && lang == English {
		return append(out, " kilometre"...)
	}
	return append(out, d.unit...)
}
