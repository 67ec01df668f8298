package dialog

import "context"

type pick struct {
	Pick string `json:"pick,omitempty"`
}

func (p *pick) set(in string) { p.Pick = in }

// home is the main menu. Its options keep their numbers for good: people
// learn them by heart and dial them in one go. A pincode finds a centre.
var home = Flow[pick]{
	Name: "home",
	Steps: []Step[pick]{{
		Name: "pick",
		Ask: func(context.Context, Reader, pick) (Prompt, error) {
			return menu(), nil
		},
		Accept: func(ctx context.Context, v *Visit, a *pick, in string) error {
			a.set(in)
			if !number(in) {
				return nil
			}
			a.set("find") // a pincode is the clearest wish there is
			if _, err := v.Locate(in); err != nil {
				return err
			}
			return v.Near(ctx, in)
		},
		Go: func(a pick) (string, Result) { return a.Pick, Result{} },
	}},
}

// menu is what home offers. What most people want stands on the first page.
func menu() Prompt {
	p := say("home.pick").oneOf("home", "book", "mine", "find", "register", "help", "language")
	options := p.Expect.(Choice).Options
	for i, o := range options {
		options[i].Late = o.Key == "find" || o.Key == "register" || o.Key == "language"
	}
	return p.or(aPincode)
}

// resume asks somebody who was cut off whether to go on. The engine puts it on
// top of what was begun and acts on the answer.
var resume = Flow[pick]{
	Name: "resume",
	Steps: []Step[pick]{{
		Name: "pick",
		Ask: func(context.Context, Reader, pick) (Prompt, error) {
			return say("resume.pick").oneOf("resume", "go", "new"), nil
		},
		Accept: func(_ context.Context, _ *Visit, a *pick, in string) error { a.set(in); return nil },
	}},
}
