package words

import (
	"regexp"
	"strings"
)

// ruleCode begins each of the reasons 'rule +weight words; …' of a session.
var ruleCode = regexp.MustCompile(`(?:^|[;:] )[a-z][a-z0-9]*(?:-[a-z0-9]+)* [+-][0-9.]+ `)

// Reasons splits a text into what stands before the first rule, and the words of each rule.
func Reasons(text string) (before string, list []string) {
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

// Reasoned is a text with the words of its rules alone, each part said by say.
func Reasoned(text string, say func(string) string) string {
	before, list := Reasons(text)
	for i, words := range list {
		list[i] = say(words)
	}
	before, words := say(before), strings.Join(list, "; ")
	if before == "" || words == "" {
		return before + words
	}
	return before + ": " + words
}
