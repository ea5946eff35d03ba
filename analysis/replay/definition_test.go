package replay_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
)

// define hands in a saved report or list view.
func (w *world) define(carrier, id, object, name, body string) {
	w.Helper()
	w.exec(`INSERT INTO evidence.definition VALUES (1, ?, ?, ?, ?, NULL, ?)`, carrier, id, object, name, body)
}

// meaning is the part of a describe document that tells what the tokens of a report type mean.
const meaning = `"reportTypeMetadata":{"categories":[{"columns":{
	"LAST_NAME":{"entityColumnName":"Contact.LastName","dataType":"string"},"TIER":{"entityColumnName":"Contact.Tier__c","dataType":"picklist"},
	"CREATED":{"entityColumnName":"Contact.CreatedDate","dataType":"datetime"},"SERIAL":{"entityColumnName":"Asset.SerialNumber","dataType":"string"},
	"PRICE":{"entityColumnName":"Asset.Price","dataType":"currency"}}}],"objects":[%s]}`

func describe(objects, metadata string) string {
	return `{"reportMetadata":` + metadata + "," + fmt.Sprintf(meaning, objects) + "}"
}

const (
	contactsOnly = `{"name":"Contact","joinType":"ROOT"}`
	withAssets   = `{"name":"Contact","joinType":"ROOT"},{"name":"Asset","joinType":"INNER"}`
	maybeAssets  = `{"name":"Contact","joinType":"ROOT"},{"name":"Asset","joinType":"OUTER"}`
)

func ran(n int64) row {
	return row{kind: "elf.Report", action: "report", job: "00O5g0000000001", rows: n, columns: -1, object: "Contact", method: "ReportRunFromLightning"}
}

func exported(n int64) row {
	r := ran(n)
	r.method = "ReportExported"
	return r
}

func TestReports(t *testing.T) {
	for _, test := range []struct {
		name, definition string
		rows             []row
		want             string
	}{
		{"values parted by commas are alternatives, case ignored, empty means none",
			describe(contactsOnly, `{"reportType":{"type":"C"},"detailColumns":["LAST_NAME"],"reportFilters":[{"column":"TIER","operator":"equals","value":"GOLD,silver,"},{"column":"CREATED","operator":"lessThan","value":"2025-10-22"}]}`),
			[]row{ran(4)}, "report 4/5 superset e1 Contact bounded 5,8 Contact replayed 1,2,4"},
		{"filter logic", describe(contactsOnly, `{"reportType":{"type":"C"},"detailColumns":["LAST_NAME"],"reportBooleanFilter":"1 AND (NOT 2)","reportFilters":[{"column":"CREATED","operator":"greaterOrEqual","value":"2025-10-21"},{"column":"TIER","operator":"equals","value":"Gold"}]}`),
			[]row{ran(1)}, "report 1/1 matches e1 Contact replayed 3"},
		{"rows of the joined object", describe(withAssets, `{"reportType":{"type":"CA"},"detailColumns":["LAST_NAME","SERIAL"],"reportFilters":[{"column":"CREATED","operator":"greaterOrEqual","value":"2025-10-21"}]}`),
			[]row{ran(2)}, "report 2/2 matches e1 Asset replayed 1,2 Contact replayed 1,2"},
		{"rows without any of the joined object", describe(maybeAssets, `{"reportType":{"type":"CA"},"detailColumns":["LAST_NAME","SERIAL"],"reportFilters":[{"column":"CREATED","operator":"greaterOrEqual","value":"2025-10-21"}]}`),
			[]row{ran(3)}, "report 3/3 matches e1 Asset replayed 1,2 Contact replayed 1,2,3"},
		{"a filter on the joined object wants one", describe(maybeAssets, `{"reportType":{"type":"CA"},"detailColumns":["LAST_NAME","SERIAL"],"reportFilters":[{"column":"PRICE","operator":"greaterThan","value":"6,000"}]}`),
			[]row{ran(1)}, "report 1/1 matches e1 Asset replayed 2 Contact replayed 2"},
		{"with and without related rows", describe(contactsOnly, `{"reportType":{"type":"C"},"detailColumns":["LAST_NAME"],"reportFilters":[{"column":"CREATED","operator":"greaterOrEqual","value":"2025-10-21"}],
			"crossFilters":[{"primaryEntityField":"Contact.Id","relatedEntity":"Asset","relatedEntityJoinField":"ContactId","includesObject":false,"criteria":[]}]}`),
			[]row{ran(1)}, "report 1/1 matches e1 Contact replayed 3"},
		{"a row limit in a known order", describe(contactsOnly, `{"reportType":{"type":"C"},"detailColumns":["LAST_NAME"],"topRows":{"rowLimit":2,"direction":"Desc"},"sortBy":[{"sortColumn":"CREATED","sortOrder":"Desc"}],"reportFilters":[]}`),
			[]row{ran(2)}, "report 2/2 matches e1 Contact bounded 2 Contact replayed 3"},
		{"a standard filter nobody reads narrows nothing", describe(contactsOnly, `{"reportType":{"type":"C"},"detailColumns":["LAST_NAME"],"reportFilters":[{"column":"CREATED","operator":"greaterOrEqual","value":"2025-10-21"}],"standardFilters":[{"name":"terr","value":"x"}]}`),
			[]row{ran(2)}, "report 2/3 not-understood e1 Contact reachable 1,2,3"},
		{"the filters of the address it was exported with", describe(contactsOnly, `{"reportType":{"type":"C"},"detailColumns":["LAST_NAME"],"reportFilters":[]}`),
			[]row{exported(1), {kind: "elf.ReportExport", action: "report", job: "00O5g0000000001", rows: -1, columns: -1, after: second, text: "?export=1&enc=UTF-8&xf=csv&duel0=LAST_NAME%2CTIER&pc0=LAST_NAME&pn0=eq&pv0=%EA%B9%80&pc1=CREATED&pn1=ge&pv1=10%2F21%2F2025"}},
			"report 1/1 matches e2 Contact replayed 2"},
		{"tokens of a custom report type name object and field", `{"reportMetadata":{"reportType":{"type":"X__c"},"detailColumns":["Contact$LastName"],"topRows":"50","reportFilters":[{"column":"Contact$CreatedDate","operator":"greaterOrEqual","value":"2025-10-21"}]}}`,
			[]row{ran(3)}, "report 3/3 matches e1 Contact replayed 1,2,3"},
		{"of a joined report all rows are within reach", describe(contactsOnly, `{"reportType":{"type":"C"},"reportFormat":"MULTI_BLOCK","detailColumns":["LAST_NAME"],"reportFilters":[{"column":"TIER","operator":"equals","value":"Gold"}]}`),
			[]row{ran(3)}, "report 3/6 not-understood e1 Contact reachable 1,2,3,4,5,8"},
		{"tokens nobody explains", `{"reportMetadata":{"reportType":{"type":"ContactList"},"detailColumns":["EMAIL"],"reportFilters":[]}}`,
			[]row{ran(3)}, "report 3/6 not-understood e1 Contact reachable 1,2,3,4,5,8"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := boutique(t)
			w.define("report", "00O5g0000000001AAA", "C", "r", strings.ReplaceAll(test.definition, "\n", ""))
			w.logs(test.rows...)
			if got := strings.Join(w.derive(), "\n"); got != test.want {
				t.Errorf("got  %s\nwant %s\n%s", got, test.want, w.one("SELECT coalesce(string_agg(why, ' / '), '') FROM analysis.query"))
			}
		})
	}
}

func TestReportOfMetadataIsFoundByItsName(t *testing.T) {
	w := boutique(t)
	w.table("Report", "00O", "Id:id DeveloperName:text Name:text", id("00O", 1)+"|Newest|Newest clients")
	w.define("report", "", "X__c", "Newest clients", `{"reportMetadata":{"developerName":"Newest","reportType":{"type":"X__c"},"detailColumns":["Contact$LastName"],"reportFilters":[{"column":"Contact$CreatedDate","operator":"greaterOrEqual","value":"2025-10-21"}]}}`)
	w.logs(ran(3))
	if got, want := strings.Join(w.derive(), "\n"), "report 3/3 matches e1 Contact replayed 1,2,3"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestListViewOfMetadata(t *testing.T) {
	w := boutique(t)
	w.define("listview", "", "Contact", "New", `{"developerName":"New","label":"New","sobjectType":"Contact","scope":"everything","columns":[{"fieldNameOrPath":"FULL_NAME"},{"fieldNameOrPath":"CONTACT.EMAIL"}],
		"whereCondition":{"booleanOperator":"AND","conditions":[{"field":"CREATED_DATE","operator":"greaterOrEqual","values":["2025-10-21"]},{"field":"LAST_NAME","operator":"contains","values":["c"]}]},"booleanFilter":"1 AND (NOT 2)"}`)
	w.logs(row{kind: "elf.LightningPageView", action: "listview", object: "Contact", rows: -1, columns: -1, target: "/lightning/o/Contact/list?filterName=New"})
	if got, want := strings.Join(w.derive(), "\n"), "listview -/2 no-count e1 Contact bounded 1,2"; got != want {
		t.Errorf("got %s, want %s (%s)", got, want, w.one("SELECT string_agg(why, ' / ') FROM analysis.query"))
	}
}

func TestSearches(t *testing.T) {
	w := boutique(t)
	for _, test := range []struct{ text, object, want string }{
		{"acme OR park", "003", "search -/3 no-count e1 Contact reachable 3,4,5"},
		{"FIND {acme} RETURNING Contact(Id, LastName WHERE CustomerNumber__c = 'C003'), Account(Id)", "", "sosl -/2 no-count e1 Account reachable 1 Contact reachable 3"},
		{"FIND {acme OR park AND NOT late} RETURNING Contact(Id)", "", "sosl -/3 no-count e1 Contact reachable 3,4,5"},
		{"FIND {acme} RETURNING Contact(Id WHERE Tier__c = 'Bronze')", "", "sosl -/0 no-count e1"},
		{"FIND {park} RETURNING Contact(Id WHERE Tier__c = 'Silver')", "", "sosl -/1 no-count e1 Contact reachable 5"}, // edited since
	} {
		t.Run(url.QueryEscape(test.text), func(t *testing.T) {
			w.T = t
			w.logs(row{kind: "elf.Search", action: "search", object: test.object, text: test.text, rows: 0})
			if got := strings.Join(w.derive(), "\n"); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestHistorySettlesWhatWasEdited(t *testing.T) {
	w := boutique(t)
	h := func(n, contact int, field, old, now, at string) string {
		return fmt.Sprintf("%s|%s|%s|%s|%s|%s", id("017", n), id("003", contact), field, old, now, at)
	}
	w.table("ContactHistory", "017", "Id:id ContactId:reference>Contact Field:text OldValue:text NewValue:text CreatedDate:datetime",
		h(1, 4, "Tier__c", "Gold", "Silver", "2025-01-01T00:00:00.000Z"), // followed since before the moment
		h(2, 5, "Tier__c", "Gold", "Silver", "2025-10-25T00:00:00.000Z"), h(3, 5, "Tier__c", "Silver", "Bronze", "2025-10-26T00:00:00.000Z"),
		h(4, 5, "Email", "x@x.com", "e@gmail.com", "2025-10-26T00:00:00.000Z")) // followed later only
	for _, test := range []struct{ rule, query, want string }{
		{"the old value of the first change after, and no change", "SELECT Id FROM Contact WHERE Tier__c = 'Gold'", "1 2 5 8"},
		{"not the value of today", "SELECT Id FROM Contact WHERE Tier__c = 'Bronze'", ""},
		{"a field that was not followed yet stays open", "SELECT Id FROM Contact WHERE Email = 'e@gmail.com'", "?5 8"},
		{"by way of a parent", "SELECT Id FROM Asset WHERE Contact.Tier__c = 'Gold'", "1 2"},
	} {
		if got := w.asks(test.query, now); got != test.want {
			t.Errorf("%s: got %s, want %s", test.rule, got, test.want)
		}
	}
}

func TestRowsInDoubtAreNotSaidToBeChanged(t *testing.T) {
	w := boutique(t)
	w.define("report", "00O5g0000000001AAA", "C", "r", strings.ReplaceAll(describe(contactsOnly, `{"reportType":{"type":"C"},"detailColumns":["LAST_NAME"],"reportFilters":[{"column":"ADDRESS9_COUNTRY","operator":"equals","value":"France"}]}`), "\n", ""))
	w.logs(ran(3))
	w.derive()
	if why := w.one("SELECT why FROM analysis.query"); strings.Contains(why, "changed since") || !strings.Contains(why, "in doubt") {
		t.Errorf("nothing was changed that the report reads, and the query says %q", why)
	}
}

func TestARealTimeReportShowsTheColumnsItNames(t *testing.T) {
	for headers, want := range map[string]string{
		"[CONTACT_ID, Contact.LastName, Contact.Email]": "Email;Id;LastName",
		"[Contact.LastName, PHONE3]":                    "*", // what PHONE3 is only the definition tells
		"":                                              "*",
	} {
		w := boutique(t)
		w.logs(row{kind: "rtem.ReportEvent", action: "report", job: "00O5g0000000009", text: headers, rows: 1, columns: 2, object: "Contact", method: "CSV", record: id("003", 2)})
		w.derive()
		if got := w.one("SELECT string_agg(field, ';' ORDER BY field) FROM analysis.query_field"); got != want {
			t.Errorf("%s shows %q, not %q", headers, got, want)
		}
	}
}

// TestAReportShowsWhatItsColumnsMayBe: a column nobody explains may have been any field of the rows.
func TestAReportShowsWhatItsColumnsMayBe(t *testing.T) {
	for columns, want := range map[string]string{
		`"LAST_NAME","TIER"`:             "LastName;Tier__c",
		`"LAST_NAME","E_MAIL"`:           "Email;LastName",
		`"LAST_NAME","ADDRESS9_COUNTRY"`: "*;ADDRESS9_COUNTRY;LastName",
	} {
		w := boutique(t)
		w.define("report", "00O5g0000000001AAA", "C", "r", strings.ReplaceAll(describe(contactsOnly, `{"reportType":{"type":"C"},"detailColumns":[`+columns+`],"reportFilters":[]}`), "\n", ""))
		w.logs(ran(6))
		w.derive()
		if got := w.one("SELECT string_agg(field, ';' ORDER BY field) FROM analysis.query_field"); got != want {
			t.Errorf("%s shows %q, not %q", columns, got, want)
		}
	}
}
