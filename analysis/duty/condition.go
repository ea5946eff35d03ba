package duty

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Answer is yes, no or unknown.
type Answer string

const (
	Yes     Answer = "yes"
	No      Answer = "no"
	Unknown Answer = "unknown"
)

// condition is a rule's threshold: alternatives of terms that hold together, as "persons>=1000 | illegal_access".
type condition [][]term

// term is a question ("illegal_access", "!illegal_access") or a count against a number ("persons>=1000").
type term struct {
	name, operator string
	not            bool
	number         int64
}

var termForm = regexp.MustCompile(`^(!?)([a-z_]+)(?:(>=|>)([0-9]+))?$`)

func parseCondition(text string) (condition, error) {
	var c condition
	for alternative := range strings.SplitSeq(text, "|") {
		var together []term
		for part := range strings.SplitSeq(alternative, "&") {
			m := termForm.FindStringSubmatch(strings.TrimSpace(part))
			if m == nil {
				return nil, fmt.Errorf("condition %q: %q is no term", text, part)
			}
			t := term{name: m[2], not: m[1] == "!", operator: m[3]}
			if t.operator != "" {
				number, err := strconv.ParseInt(m[4], 10, 64)
				if err != nil {
					return nil, fmt.Errorf("condition %q: %w", text, err)
				}
				t.number = number
			}
			together = append(together, t)
		}
		c = append(c, together)
	}
	return c, nil
}

// extent is a count that is only known to lie between two numbers.
type extent struct {
	low, high int64
	words     string // what was counted
}

// world answers the terms of a condition.
type world struct {
	counts  func(name string) (extent, bool)
	answers map[string]Answer
}

// holds evaluates a condition, with a reason for each term that mattered.
func (c condition) holds(w world) (Answer, []string) {
	result := No
	var reasons []string
	for _, together := range c {
		answer, why := allHold(together, w)
		switch answer {
		case Yes:
			if result != Yes {
				reasons = nil // reasons of alternatives that do not hold no longer matter
			}
			result, reasons = Yes, append(reasons, why...)
		case Unknown:
			if result != Yes {
				result, reasons = Unknown, append(reasons, why...)
			}
		case No:
			if result == No {
				reasons = append(reasons, why...)
			}
		}
	}
	return result, reasons
}

func allHold(together []term, w world) (Answer, []string) {
	result := Yes
	var reasons []string
	for _, t := range together {
		answer, why := t.holds(w)
		switch {
		case answer == No:
			return No, []string{why}
		case answer == Unknown:
			result = Unknown
		}
		reasons = append(reasons, why)
	}
	return result, reasons
}

func (t term) holds(w world) (Answer, string) {
	if t.operator == "" {
		return t.asked(w)
	}
	count, ok := w.counts(t.name)
	if !ok {
		return Unknown, fmt.Sprintf("%s is not known", spell(t.name))
	}
	need := t.number
	if t.operator == ">" {
		need++
	}
	bound := english.Sprintf("the threshold is %d", need)
	switch {
	case count.low >= need:
		return Yes, english.Sprintf("%s: %d, %s", count.words, count.low, bound)
	case count.high < need:
		return No, english.Sprintf("%s: %d, %s", count.words, count.high, bound)
	}
	return Unknown, english.Sprintf("%s: between %d and %d, %s", count.words, count.low, count.high, bound)
}

func (t term) asked(w world) (Answer, string) {
	answer, ok := w.answers[t.name]
	if !ok || answer == Unknown || answer == "" {
		return Unknown, fmt.Sprintf("%s is not answered", spell(t.name))
	}
	words := spell(t.name) + ": " + string(answer)
	if (answer == Yes) != t.not {
		return Yes, words
	}
	return No, words
}

func spell(name string) string { return strings.ReplaceAll(name, "_", " ") }
