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
// told. Who may go without, sms.Config.Indian says; what is dropped there its
// reports tell.
func (c *serveCommand) registry() (*sms.Registry, error) {
	if c.Demo {
		return nil, nil
	}
	if c.DLTFile == "" {
		if name := c.SMS.Indian(c.with()); name != "" {
			return nil, fmt.Errorf("texts by %s go to networks in India, which drop what is not registered (DLT): fill in the ids that  tikaline dlt templates  leaves room for, and set TIKALINE_DLT_FILE and TIKALINE_DLT_ENTITY", name)
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
	f := r.Check(c.SMS.Answers(c.with()))
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
