package ui

import (
	"testing"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/person"
	"github.com/breachscope/breachscope/app"
)

func firstPerson(t *testing.T, w *Window) app.Person {
	t.Helper()
	list, _, err := w.c.People(t.Context(), app.Listing{Only: string(analysis.Confirmed), Limit: 1})
	if err != nil || len(list) == 0 {
		t.Fatal(len(list), err)
	}
	return list[0]
}

func TestThePageOfACustomerHoldsTheWholeReason(t *testing.T) {
	w := investigated(t)
	w.openPerson(firstPerson(t, w))
	shows(t, w, "What was exposed", "Records (1)", "Accesses (1)", "0035g00000TS000AAD", "김•••", "SELECT Id, Name, Email, MobilePhone",
		"RestApi_20260103.csv, line 4", "to the query", "to the session")
	holdings, err := w.c.Holdings(t.Context(), firstPerson(t, w).ID)
	if err != nil || len(holdings) != 1 {
		t.Fatal(holdings, err)
	}
	w.showCustomerLine(holdings[0])
	shows(t, w, "MobilePhone", "0•••", "South Korea")
}

func TestNobodysRecordIsAnAnswer(t *testing.T) {
	w := investigated(t)
	if _, err := w.c.PersonOf(t.Context(), "003000000000000AAA"); err == nil {
		t.Fatal("a person was invented")
	}
}

func TestFrozenListsAreComparedByPerson(t *testing.T) {
	w := investigated(t)
	w.Freeze(" ")
	shows(t, w, "A version of the lists needs a reason.")
	w.Freeze("report to the authority")
	shows(t, w, "report to the authority")
	q := matching(t, w)
	if _, err := w.c.Correct(t.Context(), app.Correction{Kind: "exclude", Query: q.QueryID, Reason: "the owner's own"}, nil); err != nil {
		t.Fatal(err)
	}
	w.Freeze("second report")
	shows(t, w, "second report", "From version 1 to 2", "removed 8")
}

func TestCombinationsAddUpToEveryPerson(t *testing.T) {
	m := pivot([]person.Combination{
		{List: analysis.Confirmed, Categories: []string{"contact", "name"}, Residence: "KR", Persons: 5},
		{List: analysis.Confirmed, Categories: []string{"contact", "name"}, Residence: "FR", Persons: 2},
		{List: analysis.Confirmed, Categories: []string{"name"}, Residence: "", Persons: 9},
		{List: analysis.Possible, Categories: []string{"contact", "name"}, Residence: "KR", Persons: 1},
		{List: analysis.Cleared, Categories: []string{}, Residence: "KR", Persons: 100},
	})
	if len(m.rows) != 3 || m.rows[0].total != 9 || m.rows[1].total != 7 || m.rows[2].total != 1 {
		t.Fatalf("%+v", m.rows)
	}
	m.residences = m.residences[:1]
	if cells := m.cells(m.rows[1]); cells[2] != "7" || cells[len(cells)-1] != "7" {
		t.Fatal(cells, m.residences)
	}
	w := investigated(t)
	w.part = "combinations"
	w.Show("customers")
	shows(t, w, "Exposed together", "South Korea")
}
