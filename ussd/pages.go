package ussd

import (
	"tikaline/dialog"
	"tikaline/locales"
)

// Pages returns a Prompt as a caller within a conversation sees it, page by page:
// for those who read over every screen there is. The keys below are those of
// a question with one before it.
func Pages(w Words, lang string, b locales.Budget, p dialog.Prompt) ([]string, error) {
	s, err := layout(w, lang, "", p, nil, offer{back: true, home: true})
	if err != nil {
		return nil, err
	}
	var texts []string
	for _, p := range s.pages(b) {
		texts = append(texts, p.text)
	}
	return texts, nil
}
