package odata_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/breachscope/breachscope/analysis/odata"
)

func compare(path, op, text string, kind odata.Kind) *odata.Compare {
	return &odata.Compare{Path: path, Op: op, Values: []odata.Value{{Text: text, Kind: kind}}}
}

func TestParse(t *testing.T) {
	top := int64(50)
	for address, want := range map[string]*odata.Query{
		"https://org.crm.dynamics.com/api/data/v9.2/contacts?$select=fullname,emailaddress1&$top=50&$orderby=createdon desc": {Set: "contacts",
			Select: []string{"fullname", "emailaddress1"}, Top: &top, OrderBy: []odata.Order{{Path: "createdon", Desc: true}}},
		"/contacts(11111111-2222-3333-4444-555555555555)?$expand=contact_orders($select=name;$filter=total gt 5)": {Set: "contacts", Key: "11111111-2222-3333-4444-555555555555",
			Expand: []odata.Expand{{Name: "contact_orders", Query: odata.Query{Select: []string{"name"}, Filter: compare("total", "gt", "5", odata.Number)}}}},
		"contacts?%24filter=address1_country%20eq%20%27O%27%27Neil%27%20and%20(statecode%20eq%200%20or%20not%20contains(fullname,%27x%27))": {Set: "contacts",
			Filter: &odata.And{Terms: []odata.Expr{compare("address1_country", "eq", "O'Neil", odata.Text),
				&odata.Or{Terms: []odata.Expr{compare("statecode", "eq", "0", odata.Number), &odata.Not{X: &odata.Call{Name: "contains", Path: "fullname", Value: &odata.Value{Text: "x"}, Named: map[string]string{}}}}}}}},
		"contacts?$filter=createdon ge 2025-10-21T00:00:00Z and birthdate eq null and tier in ('a','b')": {Set: "contacts", Filter: &odata.And{Terms: []odata.Expr{
			compare("createdon", "ge", "2025-10-21T00:00:00Z", odata.Moment), compare("birthdate", "eq", "", odata.Null), &odata.Compare{Path: "tier", Op: "in", Values: []odata.Value{{Text: "a"}, {Text: "b"}}}}}},
		"contacts?$filter=fullname eq @n and tier in (@a,2)&@n='Kim'&@A=1": {Set: "contacts", Filter: &odata.And{Terms: []odata.Expr{compare("fullname", "eq", "Kim", odata.Text),
			&odata.Compare{Path: "tier", Op: "in", Values: []odata.Value{{Text: "1", Kind: odata.Number}, {Text: "2", Kind: odata.Number}}}}}},
		"contacts(emailaddress1='a@x.com',tier=2)":                              {Set: "contacts", Filter: &odata.And{Terms: []odata.Expr{compare("emailaddress1", "eq", "a@x.com", odata.Text), compare("tier", "eq", "2", odata.Number)}}},
		"contacts?$filter=firstname eq lastname":                                {Set: "contacts", Filter: compare("firstname", "eq", "lastname", odata.Name)},
		"contacts?savedQuery=11111111-2222-3333-4444-555555555555":              {Set: "contacts", View: "11111111-2222-3333-4444-555555555555"},
		"accounts?fetchXml=%3Cfetch%2F%3E":                                      {Set: "accounts", Fetch: "<fetch/>"},
		"accounts?$filter=contact_customer_accounts/any(c:c/lastname eq 'Kim')": {Set: "accounts", Filter: &odata.Lambda{Path: "contact_customer_accounts", X: compare("lastname", "eq", "Kim", odata.Text)}},
		"contacts?$filter=Microsoft.Dynamics.CRM.LastXDays(PropertyName='createdon',PropertyValue=7)": {Set: "contacts",
			Filter: &odata.Call{Name: "Microsoft.Dynamics.CRM.LastXDays", Path: "createdon", Named: map[string]string{"propertyname": "createdon", "propertyvalue": "7"}}},
	} {
		got, err := odata.Parse(address)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\ngot  %+v %v\nwant %+v", address, got, err, want)
		}
	}
}

func TestWhatIsNotUnderstoodIsAnError(t *testing.T) {
	for _, address := range []string{"", "?$top=1", "contacts?$filter=", "contacts?$filter=a", "contacts?$filter=a eq", "contacts?$filter=(a eq 1", "contacts?$filter=a eq 1 b", "contacts?$filter=a like 'x'", "contacts?$top=x", "contacts?$filter='"} {
		if q, err := odata.Parse(address); err == nil && address != "contacts?$filter=" {
			t.Errorf("%q was read as %+v", address, q)
		}
	}
}

func TestNestedExpansionsEnd(t *testing.T) {
	if _, err := odata.Parse("a?$expand=" + strings.Repeat("b($expand=", 50_000)); err == nil {
		t.Error("fifty thousand expansions in each other were read")
	}
}

func FuzzParse(f *testing.F) {
	f.Add("contacts?$filter=a/any(x:x/b eq 1) and contains(c,'d')")
	f.Fuzz(func(t *testing.T, text string) { odata.Parse(text) })
}
