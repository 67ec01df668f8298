package sms

import "tikaline/booking"

// A Command is what a text asks for. It is stored, and it names the headings
// of the tables in keywords/.
type Command string

// The commands that have words of their own in every language.
const (
	CommandRegister Command = "register" // Year and Name, as far as they were sent
	CommandPin      Command = "pin"      // centres near Pincode
	CommandBook     Command = "book"     // Number, or Pincode where that came instead
	CommandStatus   Command = "status"
	CommandChange   Command = "change"
	CommandCancel   Command = "cancel"   // to be asked: a booking, or all messages?
	CommandLanguage Command = "language" // Speak
	CommandHelp     Command = "help"
	CommandCall     Command = "call" // call me
	CommandTell     Command = "tell" // tell me when a place opens near Pincode
	CommandStop     Command = "stop" // the one word and nothing else
	CommandStart    Command = "start"
	CommandYes      Command = "yes"
	CommandNo       Command = "no"
	CommandMenu     Command = "menu" // a greeting
)

// The commands that are seen in a text's form.
const (
	CommandStopAsk Command = "stop_ask" // a word for stop among others: ask whether it is meant
	CommandChoice  Command = "choice"   // a number of one or two digits, for the open menu
	CommandAnswer  Command = "answer"   // anything else: for the open question
	CommandNothing Command = "nothing"  // an empty text
	CommandRubbish Command = "rubbish"  // no word in it: signs, emoji, binary. Help is the answer
)

// worded lists the commands that need words in every language.
var worded = []Command{
	CommandRegister, CommandPin, CommandBook, CommandStatus, CommandChange, CommandCancel, CommandLanguage,
	CommandHelp, CommandCall, CommandTell, CommandStop, CommandStart, CommandYes, CommandNo, CommandMenu,
}

// Guarded reports whether a command is only ever understood from a word that
// was spelt right: to guess it would do harm.
func (c Command) Guarded() bool {
	switch c {
	case CommandStop, CommandStart, CommandCancel, CommandYes, CommandNo:
		return true
	}
	return false
}

// A Message is what was understood of a text.
type Message struct {
	Command Command

	// Lang is the language that the text itself speaks for, one of
	// locales.Languages. The letters of hi and bn leave no doubt. A word typed
	// in Latin letters gives hi-Latn or bn-Latn where it exists in one of them
	// only. An English keyword gives en, which says little, as every poster has
	// it: good for a newcomer, not to change what is stored. "" is no sign at
	// all: digits, or a word that several languages have (BUK, BHASHA, NA).
	Lang string

	// Speak is the language that CommandLanguage asks for; "" if it names none,
	// or two.
	Speak string

	Pincode   string         // six digits
	Year      string         // four digits, 1900 to 2099, alone or out of a date
	Name      string         // as typed, for CommandRegister, and beside a Year
	Phone     booking.MSISDN // a mobile number inside the text; never the sender's own word for who they are
	Reference string         // a number of 14 digits
	Number    int            // the one number of one or two digits; 0 where there is none

	// Rest is what the command has no use for. With CommandChoice it is the
	// digits as they were sent (0 is not 00), with CommandAnswer the whole text.
	Rest string

	// Guessed is the word that was understood where a typing error was
	// forgiven. Say so to the sender.
	Guessed string

	// Sure is false where the text could as well be an answer: "Tika Ram" is a
	// name and not a registration. While a question for words is open, take a
	// text that is not Sure for its answer.
	Sure bool
}
