package imports

import (
	"regexp"
	"strings"
	"unicode"
)

const (
	day   = `\d{1,2}(?:ST|ND|RD|TH)?`
	month = `(?:JAN(?:UARY)?|FEB(?:RUARY)?|MAR(?:CH)?|APR(?:IL)?|MAY|JUNE?|JULY?|AUG(?:UST)?|SEPT?(?:EMBER)?|OCT(?:OBER)?|NOV(?:EMBER)?|DEC(?:EMBER)?)`
	year  = `(?:[ .,-]*20\d\d\b)?`
	lead  = `(?i)[ -]*\b(?:FOR +)?`
	// Behind a date or a round, one letter or a small number at the end
	// distinguishes the sessions of a day.
	which = `(?:(?:[ -]+(?:[A-Z]|\d{1,2}))? *$)?`
)

// noise matches the words about a session that lists write behind a centre's
// name. Only words that cannot be part of a name are here: a letter or number
// elsewhere may be a ward's.
var noise = []*regexp.Regexp{
	regexp.MustCompile(lead + `\d{1,2}[./]\d{1,2} *(?:-|TO) *\d{1,2}[./-]\d{1,2}\b` + which),
	regexp.MustCompile(lead + day + `[ .-]*` + month + `\b` + year + which),
	regexp.MustCompile(lead + month + `[ .-]+` + day + `\b` + year + which),
	regexp.MustCompile(lead + `\d{1,2}[./-]\d{1,2}[./-](?:20)?\d\d\b` + which),
	regexp.MustCompile(lead + `MOP[ -]*UP\b(?:[ -]*(?:ROUND|DAY))?` + which),
	regexp.MustCompile(`(?i)\b(?:ALL +|ONLY +)?(?:COVI[ -]?SHIELD|CO[ -]?VAXIN(?:E)?|SPUTNIK(?:[ -]?V)?|CORBEVAX)\b(?: +ONLY\b)?`),
	regexp.MustCompile(`(?i)\b(?:1ST|2ND|FIRST|SECOND|PRECAUTION)[ -]*DO(?:SES?)?\b|\bDOSE[ -]*[12]\b`),
	regexp.MustCompile(`(?i)(?:\b18[ -]*(?:\+|PLUS\b)|\b18[ -]*(?:TO)?[ -]*44\b|\b45[ -]*(?:\+|PLUS\b)|\b60[ -]*(?:\+|PLUS\b))(?:[ -]*(?:YRS?|YEARS?|AGE)\b)?`),
}

// These match what is left at the ends when noise is cut out.
var (
	empties = regexp.MustCompile(`\(\s*[-,./]*\s*\)|\[\s*\]`)
	edges   = " -,./_:;|&+"
)

// cleanName removes session noise from a centre's name. Where hardly anything
// would be left, it returns the name as it was.
func cleanName(name string) string {
	clean := name
	for _, n := range noise {
		clean = n.ReplaceAllString(clean, " ")
	}
	if clean == name {
		return name
	}
	clean = strings.Join(strings.Fields(empties.ReplaceAllString(clean, " ")), " ")
	clean = strings.Trim(clean, edges)
	if strings.Count(clean, "(") != strings.Count(clean, ")") {
		return name
	}
	letters := 0
	for _, r := range clean {
		if unicode.IsLetter(r) {
			letters++
		}
	}
	if letters < 4 {
		return name
	}
	return clean
}
