package ussd

import (
	"tikaline/dialog"
	"tikaline/locales"
)

// Pages returns a Prompt as a caller within a conversation sees it, page by page:
// for those who read over every screen there is. The keys below are those of
// a question with one before it.
func Pages(w Words, lang string, b locales.Budget, p dialog.Prompt) ([]string, error) {
	s, err := layout(w, lang, "", p, "", offer{back: true, home: true})
	if err != nil {
		return nil, err
	}
	return s.pages(b), nil
}
