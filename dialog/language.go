package dialog

import (
	"context"
	"strings"
)

type languageAnswers struct {
	Lang string `json:"lang,omitempty"`
}

// language asks which language to speak, each in its own script. "latin" is
// for phones that show boxes in place of letters.
var language = Flow[languageAnswers]{
	Name: "language",
	Start: func(ctx context.Context, r Reader, _ Result, a *languageAnswers) error {
		h, err := r.Household(ctx)
		if strings.HasSuffix(h.Language, "-Latn") {
			a.Lang = "latin" // this phone showed boxes once
		}
		return err
	},
	Steps: []Step[languageAnswers]{{
		Name: "pick",
		When: func(a languageAnswers) bool { return a.Lang != "latin" },
		Ask: func(context.Context, Reader, languageAnswers) (Prompt, error) {
			return say("language.pick").oneOf("language", "hi", "bn", "en", "latin"), nil
		},
		Accept: pickLanguage,
	}, {
		Name: "latin",
		When: func(a languageAnswers) bool { return a.Lang == "latin" },
		Ask: func(context.Context, Reader, languageAnswers) (Prompt, error) {
			return say("language.latin").oneOf("language", "hi-Latn", "bn-Latn", "en", "native"), nil
		},
		Accept: pickLanguage,
		Next: func(a languageAnswers) string {
			if a.Lang == "native" {
				return "pick"
			}
			return Done
		},
	}},
}

func pickLanguage(ctx context.Context, v *Visit, a *languageAnswers, in string) error {
	a.Lang = in
	if in == "latin" || in == "native" {
		return nil
	}
	return v.Speak(ctx, in)
}
