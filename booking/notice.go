package booking

import (
	"time"

	"github.com/google/uuid"
)

// A NoticeKind says what a notice is about. It is stored, and is the id of the
// text: notice.<kind>.
type NoticeKind string

// The kinds of notice.
const (
	NoticeRegistered NoticeKind = "registered"
	NoticeBooked     NoticeKind = "booked"
	NoticeMoved      NoticeKind = "moved"
	NoticeCancelled  NoticeKind = "cancelled"
	NoticeCallBack   NoticeKind = "call_back"
	NoticeCallMissed NoticeKind = "call_missed" // we called three times and reached nobody

	NoticeReminderEve      NoticeKind = "reminder_eve"     // tomorrow is the day
	NoticeReminderMorning  NoticeKind = "reminder_morning" // today is the day
	NoticeDoseDue          NoticeKind = "dose_due"         // the next dose may be taken from Day on
	NoticeSlotOpened       NoticeKind = "slot_opened"      // a place is open near the person who waits: YES or NO
	NoticeCalledOff        NoticeKind = "called_off"       // the session was; another place is held: YES or NO
	NoticeCalledOffWaiting NoticeKind = "called_off_line"  // the session was; no place is free, so the person waits for one
	NoticeHeldReleased     NoticeKind = "held_released"    // nobody answered in time

	NoticeOTP NoticeKind = "otp" // a one-time password; the same words in every language
)

// NoticeReply is the answer to a text. It is worded when the text is read,
// because the words of a reply belong to what was asked, so it is not in
// NoticeKinds.
const NoticeReply NoticeKind = "reply"

// NoticeKinds lists every kind, for the tests that look for one without words.
var NoticeKinds = []NoticeKind{
	NoticeRegistered, NoticeBooked, NoticeMoved, NoticeCancelled, NoticeCallBack, NoticeCallMissed,
	NoticeReminderEve, NoticeReminderMorning, NoticeDoseDue, NoticeSlotOpened, NoticeCalledOff, NoticeCalledOffWaiting, NoticeHeldReleased,
	NoticeOTP,
}

// A Priority orders the outbox: the lowest goes first. It is stored.
type Priority int16

// The priorities: one-time passwords before replies before confirmations
// before changes before reminders.
const (
	PriorityOTP      Priority = 5
	PriorityReply    Priority = 10
	PriorityConfirm  Priority = 30
	PriorityChange   Priority = 40
	PriorityReminder Priority = 50
)

// A Notice tells a household something and is a row of the outbox. It holds
// values, never a sentence: it is worded when it is sent, in the language that
// the household has then.
type Notice struct {
	ID       uuid.UUID
	To       MSISDN
	Key      string // names what it is for: a notice is queued once per number and Key
	Kind     NoticeKind
	Medium   string // "sms" or "call"
	Priority Priority
	Due      time.Time
	Data     NoticeData
}

// NewNotice returns a notice by SMS that is due now. key names what it is sent
// for, within its kind.
func NewNotice(id uuid.UUID, to MSISDN, kind NoticeKind, key string, p Priority, now time.Time, d NoticeData) Notice {
	return Notice{
		ID: id, To: to, Key: string(kind) + ":" + key, Kind: kind, Medium: "sms",
		Priority: p, Due: now, Data: d,
	}
}

// NoticeData are the values of a notice. Centre and district names are looked
// up when it is sent.
type NoticeData struct {
	Name      string `json:"name,omitempty"`
	BirthYear int    `json:"birth_year,omitempty"` // where there is no Name yet, only a recording of it
	Reference string `json:"reference,omitempty"`
	PhotoID   string `json:"photo_id,omitempty"`
	Dose      int    `json:"dose,omitempty"`
	Vaccine   string `json:"vaccine,omitempty"`
	Centre    int64  `json:"centre,omitempty"`
	Day       Date   `json:"day,omitzero"`
	Window    Window `json:"window,omitzero"`
	Slot      int64  `json:"slot,omitempty"` // with Centre the slot that the notice is about: see Core.StillPending

	// Of a reply alone.
	Text string `json:"text,omitempty"` // the words to send
	Lang string `json:"lang,omitempty"` // the language of Text
	Says string `json:"says,omitempty"` // the message id that Text mainly is

	// Of a one-time password alone: what the code is derived from when it is
	// sent. Without the key, which is in no database, this reveals nothing.
	OTP string `json:"otp,omitempty"`
}
