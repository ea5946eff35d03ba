package analysis

import (
	"encoding/csv"
	"sync"

	"github.com/breachscope/breachscope/assets"
)

// Category is a kind of personal data in the words of each language (assets/translations/categories.csv).
type Category struct {
	Name  string            // as fields and lists name it
	Words map[string]string // by language
}

// Categories are all of them, in the order in which a notice names them.
var Categories = sync.OnceValue(func() (list []Category) {
	file, err := assets.Folder("translations").Open("categories.csv")
	if err != nil {
		panic(err) // it is part of the program
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil || len(rows) == 0 {
		panic("categories.csv is damaged")
	}
	for _, row := range rows[1:] {
		c := Category{row[0], map[string]string{}}
		for i, words := range row[1:] {
			c.Words[rows[0][i+1]] = words
		}
		list = append(list, c)
	}
	return list
})

// CategoryWords says a category in a language; a name that is none stays as it is.
func CategoryWords(name, language string) string {
	for _, c := range Categories() {
		if c.Name == name && c.Words[language] != "" {
			return c.Words[language]
		}
	}
	return name
}
