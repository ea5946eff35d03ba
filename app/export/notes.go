package export

import (
	"sort"
)

// notes counts, per sheet or file, the values that it cannot hold as they are.
type notes map[note]int

type note struct {
	place string // "Sheet People", "File notification.csv"
	what  change
}

// change is what happened to a value, for one and for several, and where it stands as it was found.
type change struct{ one, several, kept string }

const inCSV = "The CSV files hold what was found."

var (
	cutText = change{"value was cut at 32,767 characters", "values were cut at 32,767 characters", inCSV}
	odd     = change{"value held control characters, shown as \uFFFD", "values held control characters, shown as \uFFFD", inCSV}
)

// marked is the change of a value that a spreadsheet would take for a formula.
func marked(kept string) change {
	return change{"value begins like a formula and bears an apostrophe before it", "values begin like a formula and bear an apostrophe before them",
		"The " + kept + " holds what was found."}
}

func (n notes) add(place string, what change, count int) {
	if count > 0 {
		n[note{place, what}] += count
	}
}

// sentences are the notes in words, sorted.
func (n notes) sentences() []string {
	list := []string{}
	for k, count := range n {
		words := k.what.several
		if count == 1 {
			words = k.what.one
		}
		list = append(list, english.Sprintf("%s: %d %s. %s", k.place, count, words, k.what.kept))
	}
	sort.Strings(list)
	return list
}
