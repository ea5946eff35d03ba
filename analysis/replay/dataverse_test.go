package replay_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"strings"
	"testing"
)

func guid(n int) string { return fmt.Sprintf("aaaaaaaa-0000-0000-0000-%012d", n) }

// dynamics is a case with tables of Dataverse.
func dynamics(t *testing.T) *world {
	w := newWorld(t)
	w.table("account", "", "accountid:id name:text createdon:datetime modifiedon:datetime",
		guid(101)+"|Acme|"+old+"|"+old, guid(102)+"|Beta|"+old+"|"+old)
	w.table("contact", "", "contactid:id fullname:text emailaddress1:email address1_country:text birthdate:date donotemail:boolean parentcustomerid:reference>account ownerid:reference>systemuser createdon:datetime modifiedon:datetime",
		guid(1)+"|Kim|k@x.kr|Korea|1990-10-22|true|"+guid(101)+"|"+guid(900)+"|2025-10-20T15:00:00Z|2025-10-20T15:00:00Z",
		guid(2)+"|Lee||Japan||false|"+guid(102)+"|"+guid(901)+"|"+old+"|"+old,
		guid(3)+"|Mori|m@x.jp|japan||||"+guid(900)+"|"+old+"|"+old,
		guid(4)+"|Park|p@x.kr|Korea||false|"+guid(101)+"||"+old+"|"+later)
	w.exec(`UPDATE snapshot.object SET key_column = object || 'id', created_column = 'createdon', modified_column = 'modifiedon', name_column = CASE object WHEN 'contact' THEN 'fullname' ELSE 'name' END`)
	return w
}

func TestDataverse(t *testing.T) {
	w := dynamics(t)
	asked := func(text string, results ...int) row {
		var ids []string
		for _, n := range results {
			ids = append(ids, strings.ToUpper(guid(n)))
		}
		record := ""
		if len(ids) > 0 {
			record = `["` + strings.Join(ids, `","`) + `"]`
		}
		return row{kind: "x.audit", action: "query", text: text, object: "contact", record: record, rows: -1, columns: -1}
	}
	fetch := func(inside string, results ...int) row {
		return asked(`<fetch><entity name="contact"><attribute name="fullname"/>`+inside+`</entity></fetch>`, results...)
	}
	for _, test := range []struct {
		name string
		row  row
		want string
	}{
		{"the records the log names were returned", fetch("", 1, 3), "fetchxml 2/2 recorded contact recorded 1,3"},
		{"named without a text", asked("", 2), "fetchxml 1/1 recorded contact recorded 2"},
		{"without names the query is run again", fetch(`<filter><condition attribute="address1_country" operator="eq" value="JAPAN"/></filter>`), "fetchxml -/3 no-count contact bounded 2,3,4"},
		{"text is matched by patterns, dates by days of the user", fetch(`<filter><condition attribute="fullname" operator="like" value="k%"/><condition attribute="createdon" operator="on" value="2025-10-21"/></filter>`), "fetchxml -/1 no-count contact bounded 1"},
		{"between and null", fetch(`<filter type="or"><condition attribute="birthdate" operator="between"><value>1990-01-01</value><value>1990-12-31</value></condition><condition attribute="parentcustomerid" operator="null"/></filter>`), "fetchxml -/3 no-count contact bounded 1,3,4"},
		{"an inner link drops rows without, and brings along what it shows", fetch(`<link-entity name="account" from="accountid" to="parentcustomerid" alias="a"><attribute name="name"/><filter><condition attribute="name" operator="begins-with" value="ac"/></filter></link-entity>`),
			"fetchxml -/2 no-count account bounded 101 contact bounded 1,4"},
		{"an outer link drops none, but a condition on it may", fetch(`<filter><condition entityname="a" attribute="accountid" operator="null"/></filter><link-entity name="account" from="accountid" to="parentcustomerid" alias="a" link-type="outer"/>`), "fetchxml -/1 no-count contact bounded 3"},
		{"any and not any", fetch(`<filter><link-entity name="account" from="accountid" to="parentcustomerid" link-type="not any"><filter><condition attribute="name" operator="eq" value="Acme"/></filter></link-entity></filter>`), "fetchxml -/2 no-count contact bounded 2,3"},
		{"all, on which two editions of the reference differ: open where they do", asked(`<fetch><entity name="account"><filter><link-entity name="contact" from="parentcustomerid" to="accountid" link-type="all"><filter><condition attribute="fullname" operator="eq" value="Lee"/></filter></link-entity></filter></entity></fetch>`),
			"fetchxml -/2 not-understood account reachable 101,102"},
		{"not all, likewise", asked(`<fetch><entity name="account"><filter><link-entity name="contact" from="parentcustomerid" to="accountid" link-type="not all"><filter><condition attribute="donotemail" operator="eq" value="true"/></filter></link-entity></filter></entity></fetch>`),
			"fetchxml -/2 not-understood account reachable 101,102"},
		{"any row of a collection", asked("/api/data/v9.2/accounts?$select=name&$filter=contact_customer_accounts/any(c:c/fullname eq 'Kim')"), "fetchxml -/1 not-understood account reachable 101"},
		{"all rows of a collection", asked("/api/data/v9.2/accounts?$select=name&$filter=contact_customer_accounts/all(c:c/fullname eq 'Lee')"), "fetchxml -/1 not-understood account reachable 102"},
		{"the rows of a collection of one row", asked("/api/data/v9.2/accounts(" + guid(101) + ")/contact_customer_accounts?$select=fullname"), "fetchxml -/2 not-understood contact reachable 1,4"},
		{"the row a lookup leads to", asked("/api/data/v9.2/contacts(" + guid(2) + ")/parentcustomerid?$select=name"), "fetchxml -/1 no-count account bounded 102"},
		{"a row named by a column", asked("/api/data/v9.2/contacts(emailaddress1='m@x.jp')"), "fetchxml -/2 no-count contact bounded 3,4"},
		{"a column compared with another is open", asked("/api/data/v9.2/contacts?$select=fullname&$filter=fullname eq emailaddress1 and createdon lt 2025-02-01"), "fetchxml -/3 not-understood contact reachable 2,3,4"},
		{"a saved view is open", asked("/api/data/v9.2/accounts?savedQuery=" + guid(7)), "fetchxml -/2 not-understood account reachable 101,102"},
		{"FetchXML in the address", asked("/api/data/v9.2/accounts?fetchXml=" + url.QueryEscape(`<fetch><entity name="account"><filter><condition attribute="name" operator="eq" value="beta"/></filter></entity></fetch>`)), "fetchxml -/1 no-count account bounded 102"},
		{"a collection nobody knows", asked("/api/data/v9.2/accounts?$select=name&$filter=new_things/any()"), "fetchxml -/2 not-understood account reachable 101,102"},
		{"the days before", fetch(`<filter><condition attribute="createdon" operator="last-x-days" value="2"/></filter>`), "fetchxml -/1 no-count contact bounded 1"},
		{"older than", fetch(`<filter><condition attribute="createdon" operator="olderthan-x-months" value="2"/></filter>`), "fetchxml -/3 no-count contact bounded 2,3,4"},
		{"an operator that needs what no log tells", fetch(`<filter><condition attribute="ownerid" operator="eq-userid"/></filter>`), "fetchxml -/4 not-understood contact reachable 1,2,3,4"},
		{"an element nobody knows puts all within reach", fetch(`<having/>`), "fetchxml -/4 not-understood contact reachable 1,2,3,4"},
		{"counting touches nobody", asked(`<fetch aggregate="true"><entity name="contact"><attribute name="contactid" aggregate="count" alias="n"/></entity></fetch>`), "fetchxml -/- count-only"},
		{"a view taken out to a sheet", row{kind: "x.audit", action: "report", object: "contact", method: "ExportToExcel", rows: -1, columns: -1, text: `<fetch><entity name="contact"><attribute name="fullname"/><filter><condition attribute="fullname" operator="like" value="[_k%]%"/></filter></entity></fetch>`},
			"fetchxml -/4 not-understood contact reachable 1,2,3,4"},
		{"a wildcard meant as it stands", fetch(`<filter><condition attribute="fullname" operator="like" value="%[_]%"/></filter>`), "fetchxml -/1 no-count contact bounded 4"},
		{"values in a list", asked("/api/data/v9.2/contacts?$filter=Microsoft.Dynamics.CRM.In(PropertyName='fullname',PropertyValues=['kim','Mori'])"), "fetchxml -/3 no-count contact bounded 1,3,4"},
		{"two values in a list", asked("/api/data/v9.2/contacts?$filter=Microsoft.Dynamics.CRM.Between(PropertyName='birthdate',PropertyValues=[\"1990-01-01\",\"1990-12-31\"])"), "fetchxml -/2 no-count contact bounded 1,4"},
		{"an offset whose plus is a blank", asked("/api/data/v9.2/contacts?$filter=createdon ge 2025-10-21T00:00:00+09:00"), "fetchxml -/1 no-count contact bounded 1"},
		{"a request of the web interface", asked("/api/data/v9.2/contacts?$select=fullname&$filter=address1_country eq 'Korea' and startswith(fullname,'K')"), "fetchxml -/2 no-count contact bounded 1,4"},
		{"the first rows in no order", asked(`<fetch top="2"><entity name="contact"><attribute name="fullname"/></entity></fetch>`), "fetchxml -/4 no-count contact bounded 1,2,3,4"},
		{"a later page by its cookie", asked(`<fetch count="2" page="2" paging-cookie="&lt;cookie page=&quot;1&quot;&gt;&lt;contactid last=&quot;{X}&quot; first=&quot;{Y}&quot; /&gt;&lt;/cookie&gt;"><entity name="contact"><attribute name="fullname"/></entity></fetch>`), "fetchxml -/4 no-count contact bounded 1,2,3,4"},
		{"with the number of all rows", asked(`<fetch count="50" returntotalrecordcount="true" no-lock="true" latematerialize="true"><entity name="contact"><attribute name="fullname"/><order attribute="fullname" descending="true"/></entity></fetch>`), "fetchxml -/4 no-count contact bounded 1,2,3,4"},
		{"totals by a value", asked(`<fetch aggregate="true"><entity name="contact"><attribute name="address1_country" groupby="true" alias="c"/><attribute name="contactid" aggregate="count" alias="n"/></entity></fetch>`), "fetchxml -/4 no-count contact bounded 1,2,3,4"},
		{"totals by a name", asked(`<fetch aggregate="true"><entity name="contact"><attribute name="fullname" groupby="true" alias="c"/><attribute name="contactid" aggregate="countcolumn" distinct="true" alias="n"/></entity></fetch>`), "fetchxml -/4 no-count contact bounded 1,2,3,4"},
		{"distinct values", asked(`<fetch distinct="true"><entity name="contact"><attribute name="address1_country"/></entity></fetch>`), "fetchxml -/4 no-count contact bounded 1,2,3,4"},
		{"archived rows", asked(`<fetch datasource="retained"><entity name="contact"><attribute name="fullname"/></entity></fetch>`), "fetchxml -/4 not-understood contact reachable 1,2,3,4"},
		{"a text that is no XML", asked(`<fetch><entity name="contact"><attribute`), "fetchxml -/4 not-understood contact reachable 1,2,3,4"},
		{"the first rows of the web interface", asked("/api/data/v9.2/contacts?$select=fullname&$top=2"), "fetchxml -/4 no-count contact bounded 1,2,3,4"},
		{"a later page of the web interface", asked("/api/data/v9.2/contacts?$select=fullname&$skiptoken=%3Ccookie%20pagenumber=%222%22%20/%3E"), "fetchxml -/4 no-count contact bounded 1,2,3,4"},
		{"only the number of rows", asked("/api/data/v9.2/contacts/$count?$filter=address1_country eq 'Korea'"), "fetchxml -/- count-only"},
		{"rows and their number", asked("/api/data/v9.2/contacts?$select=fullname&$count=true&$filter=contains(fullname,'r') or endswith(fullname,'ee') or not(birthdate ne null)"), "fetchxml -/3 no-count contact bounded 2,3,4"},
		{"totals of the web interface", asked("/api/data/v9.2/contacts?$apply=groupby((address1_country),aggregate($count as n))"), "fetchxml -/4 not-understood contact reachable 1,2,3,4"},
		{"a function nobody documents", asked("/api/data/v9.2/contacts?$filter=Microsoft.Dynamics.CRM.LastXDays(PropertyName='createdon',PropertyValue=2)"), "fetchxml -/1 no-count contact bounded 1"},
		{"rows brought along and filtered", asked("/api/data/v9.2/accounts?$select=name&$expand=contact_customer_accounts($select=fullname;$filter=address1_country eq 'Korea')"), "fetchxml -/2 no-count account bounded 101,102 contact bounded 1,2,4"},
		{"along a lookup, and with the rows it brings along", asked("/api/data/v9.2/contacts?$select=fullname&$filter=parentcustomerid/name eq 'Beta'&$expand=parentcustomerid($select=name)"), "fetchxml -/1 no-count account bounded 102 contact bounded 2"},
		{"by its lookup, and one row by key", asked("/api/data/v9.2/contacts(" + guid(2) + ")?$filter=_parentcustomerid_value eq " + guid(102)), "fetchxml -/1 no-count contact bounded 2"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w.T = t
			w.logs(test.row)
			w.derive()
			got := w.one(`SELECT coalesce(string_agg(q.carrier || ' ' || coalesce(q.rows_logged::VARCHAR, '-') || '/' || coalesce(q.rows_replayed::VARCHAR, '-') || ' ' || q.outcome || coalesce(' ' ||
				(SELECT string_agg(g, ' ' ORDER BY g) FROM (SELECT r.object || ' ' || a.grade || ' ' || string_agg(ltrim(right(r.record_id, 12), '0'), ',' ORDER BY r.record_id) AS g
				 FROM analysis.access a JOIN analysis.record r ON r.id = a.record WHERE a.query = q.id GROUP BY r.object, a.grade)), ''), ' / '), '') FROM analysis.query q`)
			if got != test.want {
				t.Errorf("got  %s\nwant %s\n%s", got, test.want, w.one("SELECT coalesce(string_agg(why, ' / '), '') FROM analysis.query"))
			}
		})
	}
}

func TestRecordsOfTheDataverseUserAsking(t *testing.T) {
	w := dynamics(t)
	for _, test := range []struct{ operator, want string }{
		{"eq-userid", "bounded 1,3"}, {"ne-userid", "bounded 2,4"}, {"eq-useroruserteams", "bounded 1,3 reachable 2,4"},
	} {
		w.logs(row{kind: "x.audit", action: "query", object: "contact", rows: -1, columns: -1,
			text: `<fetch><entity name="contact"><all-attributes/><filter><condition attribute="ownerid" operator="` + test.operator + `"/></filter></entity></fetch>`})
		w.exec("UPDATE analysis.account SET user_id = ?", "{"+strings.ToUpper(guid(900))+"}")
		w.derive()
		got := w.one(`SELECT string_agg(g, ' ' ORDER BY g) FROM (SELECT a.grade || ' ' || string_agg(ltrim(right(r.record_id, 12), '0'), ',' ORDER BY r.record_id) AS g
			FROM analysis.access a JOIN analysis.record r ON r.id = a.record GROUP BY a.grade)`)
		if got != test.want {
			t.Errorf("%s: got %s, want %s", test.operator, got, test.want)
		}
	}
}

// From files as Purview and the web interface write them to who was touched.
func TestAnIncidentOfDynamics(t *testing.T) {
	folder, user, other := t.TempDir(), guid(900), guid(901)
	writeFile(t, folder, "contact.csv", "contactid,fullname,emailaddress1,_parentcustomerid_value,ownerid,createdon,modifiedon\n"+
		guid(1)+",Kim,k@x.kr,"+guid(101)+","+user+",2025-01-01T00:00:00Z,2025-01-01T00:00:00Z\n"+
		guid(2)+",Lee,,"+guid(102)+","+other+",2025-01-01T00:00:00Z,2025-01-01T00:00:00Z\n"+
		guid(3)+",_Mori,m@x.jp,,"+user+",2025-01-01T00:00:00Z,2025-10-30T00:00:00Z\n"+
		guid(4)+",Park,p@x.kr,"+guid(101)+","+other+",2025-10-25T00:00:00Z,2025-10-25T00:00:00Z\n")
	writeFile(t, folder, "account.csv", "accountid,name,createdon,modifiedon\n"+guid(101)+",Acme,2025-01-01T00:00:00Z,2025-01-01T00:00:00Z\n"+guid(102)+",Beta,2025-01-01T00:00:00Z,2025-01-01T00:00:00Z\n")
	var rows []map[string]any
	told := func(message, query string, more map[string]any) {
		row := map[string]any{"CreationTime": fmt.Sprintf("2025-10-21T05:%02d:00", len(rows)), "Id": guid(500 + len(rows)), "Operation": "CrmDefaultActivity", "Workload": "CRM", "UserId": "kim@x.kr",
			"SystemUserId": strings.ToUpper(user), "ClientIP": "198.51.100.7", "EntityName": "contact", "Message": message, "Query": query}
		maps.Copy(row, more)
		rows = append(rows, row)
	}
	fetch := func(inside string) string {
		return `<fetch><entity name="contact"><attribute name="fullname"/>` + inside + `</entity></fetch>`
	}
	told("RetrieveMultiple", fetch(`<filter><condition attribute="ownerid" operator="eq-userid"/></filter>`), nil)
	told("ExportToExcel", fetch(`<filter><condition attribute="emailaddress1" operator="null"/></filter>`), nil)
	told("RetrieveMultiple", fetch(""), map[string]any{"QueryResults": `["` + guid(2) + `"]`})
	told("Retrieve", "", map[string]any{"EntityId": guid(3)})
	told("RetrieveMultiple", "/api/data/v9.2/contacts?$select=fullname&$filter=parentcustomerid_account/name eq 'acme'&$expand=parentcustomerid_account($select=name)", nil)
	text, err := json.Marshal(rows)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, folder, "purview.json", string(text))
	w := &world{T: t, file: evidenceCase(t, folder)}
	got := w.one(`SELECT string_agg(line, chr(10) ORDER BY "at", id) FROM (SELECT q."at", q.id, q.carrier || ' ' || q.act || ' ' || q.outcome || coalesce(' ' ||
		(SELECT string_agg(r.object || ' ' || a.grade || ' ' || ltrim(right(r.record_id, 12), '0'), ', ' ORDER BY r.object, r.record_id) FROM analysis.access a JOIN analysis.record r ON r.id = a.record WHERE a.query = q.id), '') AS line FROM analysis.query q)`)
	want := "fetchxml acquired no-count contact bounded 1, contact bounded 3\nfetchxml acquired no-count contact bounded 2, contact bounded 3\nfetchxml acquired recorded contact recorded 2\n" +
		"record viewed recorded contact recorded 3\nfetchxml acquired no-count account bounded 101, contact bounded 1"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
