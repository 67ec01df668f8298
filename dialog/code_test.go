package dialog_test

import "testing"

func TestBegin_tells_a_code(t *testing.T) {
	c := variant(t, "a code is waited for/hi").dial()
	if c.prompt.Note.ID != "code.tell" || c.prompt.Note.Data["Code"] != "459831" || c.prompt.Say.ID != "home.pick" {
		t.Errorf("heard %+v", c.prompt)
	}
	if c.say("help"); c.prompt.Note.ID != "" {
		t.Errorf("and again at the next question: %+v", c.prompt.Note)
	}
	if c := variant(t, "one person/hi").dial(); c.prompt.Note.ID != "" {
		t.Errorf("nobody waits for one: %+v", c.prompt.Note)
	}
	if c := variant(t, "a newcomer waits for a code/hi").dial(); c.prompt.Note.ID != "code.tell" || c.prompt.Say.ID != "language.pick" {
		t.Errorf("a newcomer heard %+v", c.prompt)
	}
}
