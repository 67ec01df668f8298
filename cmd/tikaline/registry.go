package main

import (
	"errors"
	"fmt"
	"strings"

	"tikaline/notices"
	"tikaline/sms"
)

// registry is what our texts are registered as; nil where they need not be.
//
// Outside the demo every number we write to is Indian, so whoever carries texts
// from within India hands them to networks that drop what is not registered:
// without a whole file nothing is served, as people would be booked and never
// told. Twilio alone may go without. It sends from abroad, where no ids are
// asked for, or under ids that it was given when the sender was registered: its
// API has no field for them. What is dropped there its reports tell.
func (c *serveCommand) registry() (*sms.Registry, error) {
	if c.Demo {
		return nil, nil
	}
	if c.DLTFile == "" {
		indian := map[string]bool{"kannel": c.KannelURL != "", "exotel": c.ExotelAccount != "", "generic": c.TextGenericFile != ""}
		for _, name := range c.Order {
			if indian[name] {
				return nil, fmt.Errorf("texts by %s go to networks in India, which drop what is not registered (DLT): fill in the ids that  tikaline dlt templates  leaves room for, and set TIKALINE_DLT_FILE and TIKALINE_DLT_ENTITY", name)
			}
		}
		return nil, nil
	}
	if strings.Trim(c.DLTEntity, "0123456789") != "" || c.DLTEntity == "" {
		return nil, errors.New("TIKALINE_DLT_ENTITY is missing or is not digits alone: the principal entity id that the templates are registered under")
	}
	r, err := notices.ReadRegistry(c.DLTFile, c.DLTEntity, c.TextTo)
	if err != nil {
		return nil, fmt.Errorf("TIKALINE_DLT_FILE: %w", err)
	}
	f := r.Check(c.answersTexts())
	var wrong []string
	for _, line := range f.Missing {
		wrong = append(wrong, "no template id for "+line)
	}
	for _, line := range f.Differ {
		wrong = append(wrong, "registered in other words than ours: "+line)
	}
	if len(wrong) > 0 {
		return nil, fmt.Errorf("TIKALINE_DLT_FILE %s:\n      %s", c.DLTFile, strings.Join(wrong, "\n      "))
	}
	return r, nil
}

// answersTexts tells whether anybody can write to us.
func (c *serveCommand) answersTexts() bool {
	return c.Kannel != "" || c.Exotel != "" || c.TwilioAccount != "" || c.TextGeneric != ""
}
