package dialog

import "context"

type languageAnswers struct {
	Lang string `json:"lang,omitempty"`
}

// language asks which language to speak, each in its own script and on one
// screen; the last two are for phones that show boxes in place of letters.
var language = Flow[languageAnswers]{
	Name: "language",
	Steps: []Step[languageAnswers]{{
		Name: "pick",
		Ask: func(context.Context, Reader, languageAnswers) (Prompt, error) {
			return say("language.pick").oneOf("language", "hi", "bn", "en", "hi-Latn", "bn-Latn"), nil
		},
		Accept: func(ctx context.Context, v *Visit, a *languageAnswers, in string) error {
			a.Lang = in
			return v.Speak(ctx, in)
		},
	}},
}
