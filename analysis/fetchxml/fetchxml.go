// Package fetchxml reads FetchXML, the query language of Dataverse and Dynamics 365.
package fetchxml

import (
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Fetch is a query.
type Fetch struct {
	Top, Count, Page int64 // 0: not given; Count is the size of a page, Page its number from 1
	Aggregate        bool
	Distinct         bool
	Retained         bool // asks the long-term store, not the table
	Entity           Entity
}

// Entity is the table asked, or one linked to it.
type Entity struct {
	Name       string
	All        bool // all its columns are returned
	Attributes []Attribute
	Filters    []Filter // all must hold
	Links      []Link
	Orders     []Order
}

// Attribute is a column returned.
type Attribute struct {
	Name, Alias, Aggregate string
	GroupBy                bool
}

// Link joins rows of another table. Its rows have in From what the outer row has in To.
type Link struct {
	Entity
	From, To, Alias string
	Type            string // inner, outer, exists, in, matchfirstrowusingcrossapply; inside a filter any, not any, all, not all
}

// Filter joins conditions, filters and links by and, or by or.
type Filter struct {
	Or         bool
	Conditions []Condition
	Filters    []Filter
	Links      []Link
}

// Condition compares a column. Operator is in lower case; several values belong to in, between and their like.
type Condition struct {
	Attribute, Operator string
	Entity              string // alias of the link the column is of, '' for the filter's own table
	Values              []string
	ValueOf             string // column compared with, instead of values
}

// Order is one column sorted by.
type Order struct {
	Attribute, Alias string
	Descending       bool
}

// Parse reads a query. An element or a linking that is not known is an error: passing over it would change the answer.
func Parse(text string) (*Fetch, error) {
	d := xml.NewDecoder(strings.NewReader(strings.TrimPrefix(strings.TrimSpace(text), "\ufeff")))
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	var root element
	if err := d.Decode(&root); err != nil {
		return nil, fmt.Errorf("reading FetchXML: %w", err)
	}
	if !root.is("fetch") {
		return nil, fmt.Errorf("reading FetchXML: it begins with <%s>, not with <fetch>", root.XMLName.Local)
	}
	f := &Fetch{Aggregate: root.flag("aggregate"), Distinct: root.flag("distinct"), Retained: strings.EqualFold(root.attr("datasource"), "retained")}
	for name, to := range map[string]*int64{"top": &f.Top, "count": &f.Count, "page": &f.Page} {
		if given := root.attr(name); given != "" {
			n, err := strconv.ParseInt(given, 10, 64)
			if err != nil || n < 0 {
				return nil, fmt.Errorf("reading FetchXML: %s is %q", name, given)
			}
			*to = n
		}
	}
	entities := 0
	for _, e := range root.Children {
		if !e.is("entity") {
			return nil, e.unknown("fetch")
		}
		if err := f.Entity.read(e); err != nil {
			return nil, err
		}
		entities++
	}
	if entities != 1 {
		return nil, fmt.Errorf("reading FetchXML: it names %d entities, not one", entities)
	}
	return f, nil
}

// element is any XML element.
type element struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Children []element  `xml:",any"`
	Text     string     `xml:",chardata"`
}

func (e element) is(name string) bool { return strings.EqualFold(e.XMLName.Local, name) }

func (e element) attr(name string) string {
	for _, a := range e.Attrs {
		if strings.EqualFold(a.Name.Local, name) {
			return a.Value
		}
	}
	return ""
}

func (e element) flag(name string) bool {
	v := strings.ToLower(e.attr(name))
	return v == "true" || v == "1"
}

func (e element) unknown(in string) error {
	return fmt.Errorf("reading FetchXML: <%s> inside <%s> is not known", e.XMLName.Local, in)
}

func (t *Entity) read(e element) error {
	if t.Name = e.attr("name"); t.Name == "" {
		return fmt.Errorf("reading FetchXML: <%s> has no name", e.XMLName.Local)
	}
	for _, c := range e.Children {
		switch strings.ToLower(c.XMLName.Local) {
		case "all-attributes":
			t.All = true
		case "no-attrs":
		case "attribute":
			t.Attributes = append(t.Attributes, Attribute{Name: c.attr("name"), Alias: c.attr("alias"), Aggregate: strings.ToLower(c.attr("aggregate")), GroupBy: c.flag("groupby")})
		case "order":
			t.Orders = append(t.Orders, Order{Attribute: c.attr("attribute"), Alias: c.attr("alias"), Descending: c.flag("descending")})
		case "filter":
			f, err := readFilter(c)
			if err != nil {
				return err
			}
			t.Filters = append(t.Filters, f)
		case "link-entity":
			l, err := readLink(c)
			if err != nil {
				return err
			}
			t.Links = append(t.Links, l)
		default:
			return c.unknown(e.XMLName.Local)
		}
	}
	return nil
}

var linkTypes = map[string]bool{"inner": true, "outer": true, "natural": true, "exists": true, "in": true, "matchfirstrowusingcrossapply": true,
	"any": true, "not any": true, "all": true, "not all": true}

func readLink(e element) (Link, error) {
	l := Link{From: e.attr("from"), To: e.attr("to"), Alias: e.attr("alias"), Type: strings.ToLower(e.attr("link-type"))}
	if l.Type == "" || l.Type == "natural" {
		l.Type = "inner"
	}
	if !linkTypes[l.Type] {
		return l, fmt.Errorf("reading FetchXML: link-type %q is not known", l.Type)
	}
	return l, l.Entity.read(e)
}

func readFilter(e element) (f Filter, err error) {
	f.Or = strings.EqualFold(e.attr("type"), "or")
	for _, c := range e.Children {
		switch strings.ToLower(c.XMLName.Local) {
		case "condition":
			f.Conditions = append(f.Conditions, readCondition(c))
		case "filter":
			inner, err := readFilter(c)
			if err != nil {
				return f, err
			}
			f.Filters = append(f.Filters, inner)
		case "link-entity":
			l, err := readLink(c)
			if err != nil {
				return f, err
			}
			f.Links = append(f.Links, l)
		default:
			return f, c.unknown("filter")
		}
	}
	return f, nil
}

func readCondition(e element) Condition {
	c := Condition{Attribute: e.attr("attribute"), Operator: strings.ToLower(e.attr("operator")), Entity: e.attr("entityname"), ValueOf: e.attr("valueof")}
	for _, a := range e.Attrs {
		if strings.EqualFold(a.Name.Local, "value") {
			c.Values = append(c.Values, a.Value)
		}
	}
	for _, v := range e.Children {
		if v.is("value") {
			c.Values = append(c.Values, strings.TrimSpace(v.Text))
		}
	}
	return c
}
