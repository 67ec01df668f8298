package dialog

import "context"

type pick struct {
	Pick string `json:"pick,omitempty"`
}

func (p *pick) set(in string) { p.Pick = in }

// home is the main menu. Its options keep their numbers for good: people
// learn them by heart and dial them in one go.
var home = Flow[pick]{
	Name: "home",
	Steps: []Step[pick]{{
		Name: "pick",
		Ask: func(context.Context, Reader, pick) (Prompt, error) {
			return say("home.pick").oneOf("home", "book", "mine", "find", "register", "help", "language"), nil
		},
		Accept: func(_ context.Context, _ *Visit, a *pick, in string) error { a.set(in); return nil },
		Go:     func(a pick) (string, Result) { return a.Pick, Result{} },
	}},
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
