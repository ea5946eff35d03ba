package words

import "github.com/breachscope/breachscope/app/words"

// books are what the analysis explains, by language.
var books = bind()

func bind() map[string]*words.Book {
	out := map[string]*words.Book{}
	for _, l := range Languages {
		if l.Code != "en" {
			out[l.Code] = words.Read(l.Code, "sentences")
		}
	}
	return out
}

// Say is an explanation of the analysis in the current language; a part that has no translation stays as it is.
func Say(english string) string {
	b, ok := books[Current()]
	if !ok {
		return english
	}
	return b.Say(english)
}
