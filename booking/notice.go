package booking

import (
	"time"

	"github.com/google/uuid"
)

// A NoticeKind says what a notice is about. It is stored, and is the id of the
// text: notice.<kind>.
type NoticeKind string

// The notices that the core owes people.
const (
	NoticeRegistered NoticeKind = "registered"
	NoticeBooked     NoticeKind = "booked"
	NoticeMoved      NoticeKind = "moved"
	NoticeCancelled  NoticeKind = "cancelled"
	NoticeCallBack   NoticeKind = "call_back"
	NoticeCallMissed NoticeKind = "call_missed" // we called three times and reached nobody

	NoticeReminderEve     NoticeKind = "reminder_eve"     // tomorrow is the day
	NoticeReminderMorning NoticeKind = "reminder_morning" // today is the day
	NoticeDoseDue         NoticeKind = "dose_due"         // the next dose may be had from Day on
	NoticeSlotOpened      NoticeKind = "slot_opened"      // a place is open near who waits: YES or NO
	NoticeCalledOff       NoticeKind = "called_off"       // the session was; another place is held: YES or NO
	NoticeCalledOffLine   NoticeKind = "called_off_line"  // the session was; no place is free, so the person waits for one
	NoticeHeldReleased    NoticeKind = "held_released"    // nobody answered in time

	NoticeOTP NoticeKind = "otp" // a one-time password; the same words in every language
)

// NoticeReply is the answer to a text. It was worded when the text was read, as
// the words of a question belong to what was asked: it is none of NoticeKinds.
const NoticeReply NoticeKind = "reply"

// NoticeKinds lists every kind, for the tests that look for one without words.
var NoticeKinds = []NoticeKind{
	NoticeRegistered, NoticeBooked, NoticeMoved, NoticeCancelled, NoticeCallBack, NoticeCallMissed,
	NoticeReminderEve, NoticeReminderMorning, NoticeDoseDue, NoticeSlotOpened, NoticeCalledOff, NoticeCalledOffLine, NoticeHeldReleased,
	NoticeOTP,
}

// A Priority orders what waits to be sent; the lowest goes first. It is stored.
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

// A Notice is a message owed to a household. It holds values, never a
// sentence: it is worded when it is sent, in the language the household has
// then.
type Notice struct {
	ID       uuid.UUID
	To       MSISDN
	Key      string // names what it is for: one is queued once per number and Key
	Kind     NoticeKind
	Medium   string // "sms" or "call"
	Priority Priority
	Due      time.Time
	Data     NoticeData
}

// NewNotice makes an SMS that is due now. key names what it is sent for, within
// its kind.
func NewNotice(id uuid.UUID, to MSISDN, kind NoticeKind, key string, p Priority, now time.Time, d NoticeData) Notice {
	return Notice{
		ID: id, To: to, Key: string(kind) + ":" + key, Kind: kind, Medium: "sms",
		Priority: p, Due: now, Data: d,
	}
}

// NoticeData is the values of a notice. Centre and district names are looked
// up when it is sent.
type NoticeData struct {
	Name      string `json:"name,omitempty"`
	BirthYear int    `json:"birth_year,omitempty"` // where there is no Name yet: it was spoken
	Reference string `json:"reference,omitempty"`
	PhotoID   string `json:"photo_id,omitempty"`
	Dose      int    `json:"dose,omitempty"`
	Vaccine   string `json:"vaccine,omitempty"`
	Centre    int64  `json:"centre,omitempty"`
	Day       Date   `json:"day,omitzero"`
	Window    Window `json:"window,omitzero"`
	Slot      int64  `json:"slot,omitempty"` // with Centre the slot that it holds for: see Core.StillOwed

	// Of a reply alone.
	Text string `json:"text,omitempty"` // the very words to send
	Lang string `json:"lang,omitempty"` // they are in
	Says string `json:"says,omitempty"` // the id of the message that they mainly are

	// Of a one-time password alone: what it is made of when it is sent. Without
	// the key, which is in no database, this says nothing.
	OTP string `json:"otp,omitempty"`
}
