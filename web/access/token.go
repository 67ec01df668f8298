package access

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/otp"
)

// A Family is one of the three ways in which programs log in.
type Family string

// The families. A Public token is valid for the public certificate alone, the
// others for everything.
const (
	Public  Family = "public"
	Partner Family = "partner"
	Portal  Family = "portal"
)

// TokenLife is how long a token is valid; clients read it from exp.
const TokenLife = 15 * time.Minute

// uaMost is how much of a client's User-Agent is repeated in its token, in
// bytes.
const uaMost = 200

// ErrToken means that a token is not ours, or has expired.
var ErrToken = errors.New("not a valid token")

// Tokens makes and reads the tokens of the API: JWT, HS256. The first of Keys
// signs, all of them check.
type Tokens struct {
	Keys otp.Keys
	Now  func() time.Time
}

// Claims is what a token proves.
type Claims struct {
	Number  booking.MSISDN
	Family  Family
	Expires time.Time
	ID      [16]byte // of this token
}

// wire is a token's claims as the original's clients know them. aud is ours:
// the original recognised public tokens by txnId alone.
type wire struct {
	UserName     string `json:"user_name"`
	UserID       string `json:"user_id"`
	UserType     string `json:"user_type"`
	MobileNumber int64  `json:"mobile_number"`
	Reference    int64  `json:"beneficiary_reference_id,omitempty"`
	SecretKey    string `json:"secret_key"`
	Source       string `json:"source"`
	UA           string `json:"ua"`
	DateModified string `json:"date_modified"`
	TxnID        string `json:"txnId,omitempty"`
	Family       Family `json:"aud"`
	IssuedAt     int64  `json:"iat"`
	Expires      int64  `json:"exp"`
}

// secretKey is a fixed value: it is in every token of the original, and proves
// nothing.
const secretKey = "7c0f6f1e-54b1-4d7c-8a3b-2f5c9b1d0e64"

// people is the name space of user ids.
var people = uuid.MustParse("0b1f6a52-6a3e-4c3c-9b57-64a4d0f1c2de")

// Issue returns a token. lastReference is the reference id of the beneficiary
// registered last, or "".
func (t *Tokens) Issue(number booking.MSISDN, family Family, ua, lastReference string) (string, error) {
	return t.issue(number, family, ua, lastReference, uuid.Nil)
}

func (t *Tokens) issue(number booking.MSISDN, family Family, ua, lastReference string, txn uuid.UUID) (string, error) {
	national, err := strconv.ParseInt(strings.TrimPrefix(string(number), "+91"), 10, 64)
	if err != nil {
		return "", fmt.Errorf("token: %q is no Indian number", number.Tail())
	}
	if r := []rune(strings.ToValidUTF8(ua, "")); len(r) > uaMost {
		ua = string(r[:uaMost])
	} else {
		ua = string(r)
	}
	now := t.Now()
	id := uuid.NewSHA1(people, []byte(number)).String()
	w := wire{
		UserName: id, UserID: id, UserType: "BENEFICIARY", MobileNumber: national,
		SecretKey: secretKey, Source: "cowin", UA: ua,
		DateModified: now.UTC().Format("2006-01-02T15:04:05.000Z"),
		Family:       family, IssuedAt: now.Unix(), Expires: now.Unix() + int64(TokenLife/time.Second),
	}
	if lastReference != "" {
		if w.Reference, err = strconv.ParseInt(lastReference, 10, 64); err != nil {
			return "", fmt.Errorf("token: reference id: %w", err)
		}
	}
	if family == Public {
		w.TxnID = txn.String()
	}
	key := t.Keys.Current()
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, w)
	token.Header["kid"] = key.ID
	signed, err := token.SignedString(key.For("token"))
	if err != nil {
		return "", fmt.Errorf("token: %w", err)
	}
	return signed, nil
}

// tokenMost is the longest text that is read as a token, in bytes.
const tokenMost = 4096

// Verify returns the claims of a token. Error: ErrToken for one that is not
// valid, whatever the reason.
func (t *Tokens) Verify(raw string) (Claims, error) {
	if len(raw) > tokenMost || strings.Count(raw, ".") != 2 {
		return Claims{}, ErrToken // a malformed token costs nothing
	}
	var w wire
	// Strict decoding: one token has one text, or each way of writing it would
	// have a rate limit of its own.
	parser := jwt.NewParser(jwt.WithStrictDecoding(), jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}), jwt.WithTimeFunc(t.Now), jwt.WithExpirationRequired())
	_, err := parser.ParseWithClaims(raw, &w, func(token *jwt.Token) (any, error) {
		kid, _ := token.Header["kid"].(string)
		key, ok := t.Keys.ByID(kid)
		if !ok {
			return nil, ErrToken
		}
		return key.For("token"), nil
	})
	if err != nil {
		return Claims{}, ErrToken
	}
	number, err := booking.ParseMSISDN(strconv.FormatInt(w.MobileNumber, 10))
	if err != nil || w.Family != Public && w.Family != Partner && w.Family != Portal {
		return Claims{}, ErrToken
	}
	c := Claims{Number: number, Family: w.Family, Expires: time.Unix(w.Expires, 0)}
	sum := sha256.Sum256([]byte(raw))
	copy(c.ID[:], sum[:])
	return c, nil
}

// These are the methods that jwt needs of claims.

func (w wire) GetExpirationTime() (*jwt.NumericDate, error) {
	return jwt.NewNumericDate(time.Unix(w.Expires, 0)), nil
}

func (w wire) GetIssuedAt() (*jwt.NumericDate, error) {
	return jwt.NewNumericDate(time.Unix(w.IssuedAt, 0)), nil
}

func (w wire) GetNotBefore() (*jwt.NumericDate, error) { return nil, nil }
func (w wire) GetIssuer() (string, error)              { return "", nil }
func (w wire) GetSubject() (string, error)             { return "", nil }
func (w wire) GetAudience() (jwt.ClaimStrings, error)  { return nil, nil }
