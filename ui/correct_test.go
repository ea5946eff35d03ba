package ui

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/app"
)

// matching is the query of the small incident that took eight customers.
func matching(t *testing.T, w *Window) app.Query {
	t.Helper()
	list, _, err := w.c.Queries(t.Context(), app.Listing{Only: string(analysis.Matches)})
	if err != nil || len(list) != 1 {
		t.Fatal(len(list), err)
	}
	return list[0]
}

func confirmed(w *Window) int64 { return app.Total(w.summary.People, string(analysis.Confirmed), "") }

func TestLeavingAQueryOutShowsWhomItFreesAndCanBeTakenBack(t *testing.T) {
	w := investigated(t)
	w.Show("queries")
	q := matching(t, w)
	w.declare(q)
	shows(t, w, "Leave this query out", "Reason")
	w.Correct(app.Correction{Kind: "exclude", Query: q.QueryID, Reason: "the owner's own report"})
	shows(t, w, "8 removed", "0035g00000TS000AAD", "confirmed", "(left out)")
	if confirmed(w) != 0 {
		t.Fatal(confirmed(w), "customers are still confirmed")
	}
	w.showCorrections()
	shows(t, w, "query left out", "the owner's own report")
	w.takeBack()
	if settled(w); confirmed(w) != 8 {
		t.Fatal(confirmed(w), "customers after taking the correction back")
	}
}

func TestAQueryOfMyOwnBringsItsCustomers(t *testing.T) {
	w := investigated(t)
	w.Show("queries")
	w.addQuery()
	shows(t, w, "Rows that came back", "kim.sales@maison.kr")
	rows, err := typedNumber("4")
	if err != nil {
		t.Fatal(err)
	}
	q := matching(t, w)
	w.Correct(app.Correction{Kind: "add", Session: q.SessionID, At: q.At.Add(time.Minute), Rows: rows,
		Text: "SELECT Id, Email FROM Contact WHERE MailingCountry = 'France'", Reason: "from a proxy's log"})
	shows(t, w, "4 added", "What the correction changed")
	if confirmed(w) != 12 {
		t.Fatal(confirmed(w), "customers, 12 were taken")
	}
}

func TestACorrectionWithoutAReasonChangesNothing(t *testing.T) {
	w := investigated(t)
	w.Correct(app.Correction{Kind: "clock", Seconds: 60, Reason: " "})
	shows(t, w, "A correction needs a reason.")
	if kept, err := w.c.Corrections(t.Context()); err != nil || len(kept) != 0 {
		t.Fatal(kept, err)
	}
}

func TestDiscrepanciesComeFirstWhenAskedFor(t *testing.T) {
	w := investigated(t)
	w.Show("queries")
	shows(t, w, "Difference", "Missing", "largest differences first")
	four, eight := int64(4), int64(8)
	for want, q := range map[string]app.Query{"+4": {RowsLogged: &four, RowsReplayed: &eight}, "−4": {RowsLogged: &eight, RowsReplayed: &four}, "0": {RowsLogged: &four, RowsReplayed: &four}, "": {RowsReplayed: &four}} {
		if got := difference(q); got != want {
			t.Errorf("difference %q, want %q", got, want)
		}
	}
}

func TestPersonalValuesInQueriesAndLogLinesAreMaskedToo(t *testing.T) {
	w := investigated(t)
	for text, hidden := range map[string]string{
		"SELECT Id FROM Contact WHERE Name LIKE '김 철수%'":                            "철수",
		"SELECT Id FROM Contact WHERE Contact.Email = 'customer1@example.kr'":       "customer1",
		"SELECT Id FROM Contact WHERE MobilePhone IN ('01012340001','01012340002')": "12340002",
		"FIND {김철수} IN ALL FIELDS RETURNING Contact(Id)":                            "철수",
		`<condition attribute="lastname" operator="eq" value="김철수"/>`:               "철수",
		"/services/data/v60.0/search?search=kim":                                    "kim",
		"SELECT Id FROM Whatever WHERE Unknown__c = 'it\\'s Kim'":                   "Kim",
	} {
		if got := w.query(text); strings.Contains(got, hidden) || !strings.Contains(got, "•••") {
			t.Errorf("%s is shown as %s", text, got)
		}
	}
	for _, text := range []string{"SELECT Id FROM Contact WHERE MailingCountry = 'South Korea'", "SELECT Id FROM Contact WHERE OwnerId = '0055g00000KWzHzAAL'",
		"SELECT Id FROM Contact WHERE CreatedDate > 2025-01-01T00:00:00Z LIMIT 10"} {
		if got := w.query(text); got != text {
			t.Errorf("%s is shown as %s", text, got)
		}
	}
	for _, c := range []app.Cell{{Column: "SEARCH_QUERY", Value: "철수"}, {Column: "URI", Value: "/q?who=customer1@example.kr"}} {
		if got := w.cell(c, false); got == c.Value {
			t.Error(c.Column, "shows", got)
		}
	}
	if got := w.cell(app.Cell{Column: "USER_NAME", Value: "kim.sales@maison.kr"}, false); got != "kim.sales@maison.kr" {
		t.Error("who worked is hidden:", got)
	}
	if got := w.cell(app.Cell{Column: "MobilePhone", Value: "01012340001"}, true); got != "0•••" {
		t.Error("a customer's number is shown:", got)
	}
	w.unmask("call with the authority")
	if settled(w); w.query("Name = '철수'") != "Name = '철수'" {
		t.Error("masked although asked for")
	}
	w.Show("queries")
	if shows(t, w, "SELECT Id, Name"); slices.Contains(texts(w), "•••") {
		t.Error("something is still masked")
	}
}
