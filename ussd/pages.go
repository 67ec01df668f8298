package ussd

import (
	"tikaline/dialog"
	"tikaline/locales"
)

// Pages is a Prompt as a caller within a conversation sees it, page by page:
// for those who read over every screen there is. The keys below are those of
// a question with one before it.
func Pages(w Words, lang string, b locales.Budget, p dialog.Prompt) ([]string, error) {
	s, err := render(w, lang, p, "")
	if err != nil {
		return nil, err
	}
	if s.more, err = w.Text(lang, medium, textMore, nil); err != nil {
		return nil, err
	}
	if p.Expect != nil {
		if s.back, err = w.Text(lang, medium, textBack, nil); err != nil {
			return nil, err
		}
		home, err := w.Text(lang, medium, textHome, nil)
		if err != nil {
			return nil, err
		}
		s.keys = []key{{words: home}}
	}
	return s.pages(b), nil
}
