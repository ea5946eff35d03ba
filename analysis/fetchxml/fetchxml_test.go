package fetchxml_test

import (
	"reflect"
	"testing"

	"github.com/breachscope/breachscope/analysis/fetchxml"
)

func TestParse(t *testing.T) {
	got, err := fetchxml.Parse(`<?xml version="1.0"?>
<fetch top="50" distinct='true'>
  <entity name="contact"><attribute name="fullname"/><attribute name="emailaddress1"/><order attribute="createdon" descending="true"/>
    <filter type="or"><condition attribute="address1_country" operator="in"><value>Japan</value><value>China</value></condition>
      <condition attribute="birthdate" operator="NULL"/></filter>
    <link-entity name="account" from="accountid" to="parentcustomerid" alias="a" link-type="outer"><attribute name="name"/></link-entity>
  </entity>
</fetch>`)
	if err != nil {
		t.Fatal(err)
	}
	want := &fetchxml.Fetch{Top: 50, Distinct: true, Entity: fetchxml.Entity{Name: "contact",
		Attributes: []fetchxml.Attribute{{Name: "fullname"}, {Name: "emailaddress1"}}, Orders: []fetchxml.Order{{Attribute: "createdon", Descending: true}},
		Filters: []fetchxml.Filter{{Or: true, Conditions: []fetchxml.Condition{{Attribute: "address1_country", Operator: "in", Values: []string{"Japan", "China"}}, {Attribute: "birthdate", Operator: "null"}}}},
		Links:   []fetchxml.Link{{Entity: fetchxml.Entity{Name: "account", Attributes: []fetchxml.Attribute{{Name: "name"}}}, From: "accountid", To: "parentcustomerid", Alias: "a", Type: "outer"}}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestWhatIsNotKnownIsAnError(t *testing.T) {
	for _, text := range []string{"", "SELECT Id", "<fetch>", "<fetch/>", `<fetch><entity/></fetch>`, `<fetch top="x"><entity name="contact"/></fetch>`,
		`<fetch><entity name="contact"><having/></entity></fetch>`, `<fetch><entity name="contact"><filter><sort/></filter></entity></fetch>`,
		`<fetch><entity name="contact"><link-entity name="a" link-type="sideways"/></entity></fetch>`, `<fetch><entity name="a"/><entity name="b"/></fetch>`} {
		if f, err := fetchxml.Parse(text); err == nil {
			t.Errorf("%q was read as %+v", text, f)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`<fetch><entity name="contact"><filter><condition attribute="a" operator="eq" value="b"/></filter></entity></fetch>`)
	f.Fuzz(func(t *testing.T, text string) { fetchxml.Parse(text) })
}
