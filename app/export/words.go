package export

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"regexp"
	"strings"
	"sync"
)

//go:embed words.csv
var labelTable []byte

// labels are the categories of personal data in words, by language and category.
var labels = sync.OnceValue(func() map[string]map[string]string {
	rows, err := csv.NewReader(bytes.NewReader(labelTable)).ReadAll()
	if err != nil || len(rows) == 0 {
		panic("words.csv is damaged") // it is part of the program
	}
	l := map[string]map[string]string{}
	for j, language := range rows[0][1:] {
		l[language] = map[string]string{}
		for _, row := range rows[1:] {
			l[language][row[0]] = row[j+1]
		}
	}
	return l
})

// categories puts codes joined with ';' into words; what is no code stays as it is.
func (t *tongue) categories(codes, between string) string {
	list := strings.Split(codes, ";")
	for i, code := range list {
		list[i] = named(labels()[t.code][code], t.say(code))
	}
	return strings.Join(list, between)
}

// ruleCode begins each of the reasons 'rule +weight words; …' of a session.
var ruleCode = regexp.MustCompile(`(?:^|[;:] )[a-z][a-z0-9]*(?:-[a-z0-9]+)* [+-][0-9.]+ `)

// reasons splits a text into what stands before the first rule, and the words of each rule.
func reasons(text string) (before string, list []string) {
	at := ruleCode.FindAllStringIndex(text, -1)
	if len(at) == 0 {
		return text, nil
	}
	for i, rule := range at {
		end := len(text)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		list = append(list, text[rule[1]:end])
	}
	return text[:at[0][0]], list
}

// reasoned is a text with the words of its rules alone.
func reasoned(text string) string {
	before, list := reasons(text)
	words := strings.Join(list, "; ")
	if before == "" || words == "" {
		return before + words
	}
	return before + ": " + words
}

// inWords puts a row of a small table into words, by the name of its statement.
func (t *tongue) inWords(statement string, row []any) {
	switch statement {
	case "summary_countries":
		row[0] = t.country(plain(row[0]))
	case "summary_categories":
		row[0] = t.categories(plain(row[0]), "; ")
	case "summary_combinations":
		row[0] = t.categories(plain(row[0]), " + ")
	case "summary_sessions":
		before, list := reasons(plain(row[len(row)-1]))
		if before == "" && len(list) > 0 {
			before = "for the reasons below"
		}
		row[len(row)-1] = before
	}
}
