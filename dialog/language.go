package dialog

import "context"

type languageAnswers struct {
	Lang string `json:"lang,omitempty"`
}

// language asks which language to speak, each in its own script. "latin" is
// for phones that show boxes in place of letters.
var language = Flow[languageAnswers]{
	Name: "language",
	Steps: []Step[languageAnswers]{{
		Name: "pick",
		Ask: func(context.Context, Reader, languageAnswers) (Prompt, error) {
			return say("language.pick").oneOf("language", "hi", "bn", "en", "latin"), nil
		},
		Accept: pickLanguage,
	}, {
		Name: "latin",
		When: func(a languageAnswers) bool { return a.Lang == "latin" },
		Ask: func(context.Context, Reader, languageAnswers) (Prompt, error) {
			return say("language.latin").oneOf("language", "hi-Latn", "bn-Latn", "en"), nil
		},
		Accept: pickLanguage,
	}},
}

func pickLanguage(ctx context.Context, v *Visit, a *languageAnswers, in string) error {
	a.Lang = in
	if in == "latin" {
		return nil
	}
	return v.Speak(ctx, in)
}
