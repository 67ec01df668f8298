package locales

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"time"
)

// A Dated value is a day: "5 Nov (Thu)" on a screen, "Thursday, 5 November"
// in speech.
type Dated interface {
	Civil() (year int, month time.Month, day int)
}

// A Windowed value is a stretch of a day in minutes since midnight:
// "11:30 am-12:30 pm".
type Windowed interface {
	Span() (from, to int)
}

// A Timed value is a time of day in minutes since midnight: "2:30 pm".
type Timed interface {
	Clock() (minute int)
}

// A Named value has a form in each language. It is asked for one of Languages
// and answers with the nearest form it has.
type Named interface {
	In(lang string) string
}

// A Worded value is itself a message: Word is its id, and it is said in the
// same language and medium. It gets no values of its own.
type Worded interface {
	Word() string
}

// A Phrased value is itself a message, with values of its own. It is said in the
// same language and medium.
type Phrased interface {
	Phrase() (id string, data map[string]any)
}

// A Distant value is a distance in kilometres: "2.3", "14". The unit belongs
// to the message, but for speech: "2 kilometres", "very near".
type Distant interface {
	Km() float64
}

// A Slotted value is a day and a stretch of it, in minutes since midnight: "22
// Oct Tue 11:30 am-12:30 pm", in speech "Tuesday, 22 October, 11 30 to 12 30".
type Slotted interface {
	Brief() (year int, month time.Month, day, from, to int)
}

// A Terse value is a Slotted one without the part of the day, for where room is
// short; in speech it is the same.
type Terse interface {
	Terse() (year int, month time.Month, day, from, to int)
}

// A Soon value is a Slotted one so many days ahead of today: "tomorrow 9-11".
type Soon interface {
	Soon() (ahead, year int, month time.Month, day, from, to int)
}

// A Shortened value is a name whose end may be left out on a screen: "Mohammad
// Sh..".
type Shortened interface {
	Short() string
}

var errAbsent = errors.New("the value is nil")

// value adds the value of a placeholder in words to out. In speech its name
// decides as well (speech.go).
func (f *filling) value(out []byte, name string, v any) ([]byte, error) {
	start := len(out)
	out, err := f.append(out, v)
	if err != nil || f.medium != speech {
		return out, err
	}
	return appendHeard(out[:start], f.lang, name, string(out[start:])), nil
}

// append adds a value in words to out. A type that satisfies two of the
// interfaces is taken by the first of them in the order below.
func (f *filling) append(out []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return out, errAbsent
	case string:
		return append(out, v...), nil
	case int:
		return f.appendNumber(out, int64(v)), nil
	case int64:
		return f.appendNumber(out, v), nil
	case []string:
		for i, s := range v {
			if i > 0 {
				out = append(out, ", "...)
			}
			out = append(out, s...)
		}
		return out, nil
	}
	// A typed nil would panic inside its own method.
	if rv := reflect.ValueOf(v); rv.Kind() == reflect.Pointer && rv.IsNil() {
		return out, errAbsent
	}
	switch v := v.(type) {
	case Named:
		return append(out, v.In(f.lang)...), nil
	case Worded:
		word, err := f.c.Text(f.lang, f.medium, v.Word(), nil)
		return append(out, word...), err
	case Phrased:
		id, data := v.Phrase()
		words, err := f.c.Text(f.lang, f.medium, id, data)
		return append(out, words...), err
	case Soon: // before Slotted: it may be both
		ahead, y, m, d, from, to := v.Soon()
		return f.appendSoon(out, ahead, date(y, m, d), inDay(from), inDay(to))
	case Slotted:
		return f.appendSlot(out, true, v.Brief)
	case Terse:
		return f.appendSlot(out, false, v.Terse)
	case Shortened:
		if f.medium == speech {
			return append(out, v.Short()...), nil
		}
		return appendShort(out, v.Short()), nil
	case Dated:
		y, m, d := v.Civil()
		if day := date(y, m, d); day.Day() != d || day.Month() != m {
			return out, fmt.Errorf("there is no day %d-%d-%d", y, m, d)
		}
		return appendDate(out, f.lang, f.medium == speech, y, m, d), nil
	case Windowed:
		from, to := v.Span()
		if from < 0 || to <= from || to > dayMinutes {
			return out, fmt.Errorf("no window of a day runs from minute %d to %d", from, to)
		}
		return appendWindow(out, f.lang, f.medium == speech, from, to), nil
	case Timed:
		minute := v.Clock()
		if minute < 0 || minute > dayMinutes {
			return out, fmt.Errorf("no day has a minute %d", minute)
		}
		return appendClock(out, f.lang, f.medium == speech, minute), nil
	case Distant:
		km := v.Km()
		if km < 0 || math.IsNaN(km) || math.IsInf(km, 0) {
			return out, fmt.Errorf("%v km is no distance", km)
		}
		if f.medium == speech {
			return appendHeardKm(out, f.lang, km), nil
		}
		return appendKm(out, km), nil
	}
	return f.appendKind(out, v)
}

// appendSlot adds a day and a stretch of it, with the part of the day or, on a
// screen, without.
func (f *filling) appendSlot(out []byte, part bool, parts func() (int, time.Month, int, int, int)) ([]byte, error) {
	y, m, d, from, to := parts()
	if from < 0 || to <= from || to > dayMinutes {
		return out, fmt.Errorf("no window of a day runs from minute %d to %d", from, to)
	}
	if f.medium == speech {
		out = append(appendDate(out, f.lang, true, y, m, d), ", "...)
		return appendWindow(out, f.lang, true, from, to), nil
	}
	out = append(appendBriefDay(out, f.lang, date(y, m, d)), ' ')
	return appendBriefWindow(out, f.lang, part, from, to), nil
}

// appendNumber writes a number for the eye in groups. A voice reads one without
// commas as people count.
func (f *filling) appendNumber(out []byte, n int64) []byte {
	if f.medium == speech {
		return strconv.AppendInt(out, n, 10)
	}
	return appendGrouped(out, n)
}

// appendKind says values of named types, such as a stored string, by what
// they are underneath.
func (f *filling) appendKind(out []byte, v any) ([]byte, error) {
	rv := reflect.ValueOf(v)
	switch {
	case rv.Kind() == reflect.String:
		return append(out, rv.String()...), nil
	case rv.CanInt():
		return f.appendNumber(out, rv.Int()), nil
	case rv.CanUint() && rv.Uint() <= math.MaxInt64:
		return f.appendNumber(out, int64(rv.Uint())), nil
	case rv.Kind() == reflect.Slice:
		for i := range rv.Len() {
			if i > 0 {
				out = append(out, ", "...)
			}
			var err error
			if out, err = f.append(out, rv.Index(i).Interface()); err != nil {
				return out, err
			}
		}
		return out, nil
	}
	return out, fmt.Errorf("no way to say a %T", v)
}

// whole returns the number that chooses a plural.
func whole(v any) (int64, bool) {
	switch n := v.(type) {
	case int:
		return int64(n), true
	case int64:
		return n, true
	}
	if rv := reflect.ValueOf(v); rv.IsValid() && rv.CanInt() {
		return rv.Int(), true
	}
	return 0, false
}
