package evidence

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path"
	"regexp"
	"strings"
	"time"
)

// Reports and list views retrieved as metadata are brought to the form of the describe documents, so that the steps
// after this one know one form.

type reportXML struct {
	XMLName xml.Name
	Columns []struct {
		Field string `xml:"field"`
	} `xml:"columns"`
	Filter struct {
		Boolean string      `xml:"booleanFilter"`
		Items   []filterXML `xml:"criteriaItems"`
	} `xml:"filter"`
	Cross      []crossXML    `xml:"crossFilters"`
	Params     []paramXML    `xml:"params"`
	SortColumn string        `xml:"sortColumn"`
	SortOrder  string        `xml:"sortOrder"`
	Blocks     []struct{}    `xml:"block"`
	Down       []groupingXML `xml:"groupingsDown"`
	Across     []groupingXML `xml:"groupingsAcross"`
	Format     string        `xml:"format"`
	Name       string        `xml:"name"`
	Type       string        `xml:"reportType"`
	Scope      string        `xml:"scope"`
	Limit      string        `xml:"rowLimit"`
	Detail     string        `xml:"showDetails"`
	Time       struct {
		Column   string `xml:"dateColumn"`
		Interval string `xml:"interval"`
		Start    string `xml:"startDate"`
		End      string `xml:"endDate"`
	} `xml:"timeFrameFilter"`
}

type filterXML struct {
	Column   string `xml:"column"`
	Operator string `xml:"operator"`
	Value    string `xml:"value"`
	ToColumn string `xml:"columnToColumn"`
}

type crossXML struct {
	Items     []filterXML `xml:"criteriaItems"`
	Operation string      `xml:"operation"`
	Primary   string      `xml:"primaryTableColumn"`
	Related   string      `xml:"relatedTable"`
	Join      string      `xml:"relatedTableJoinColumn"`
}

type paramXML struct {
	Name  string `xml:"name"`
	Value string `xml:"value"`
}

type groupingXML struct {
	Field string `xml:"field"`
}

type listViewXML struct {
	XMLName  xml.Name
	FullName string          `xml:"fullName"`
	Boolean  string          `xml:"booleanFilter"`
	Columns  []string        `xml:"columns"`
	Scope    string          `xml:"filterScope"`
	Filters  []listFilterXML `xml:"filters"`
	Label    string          `xml:"label"`
}

type listFilterXML struct {
	Field     string `xml:"field"`
	Operation string `xml:"operation"`
	Value     string `xml:"value"`
}

// definitionXML enters a report or list view retrieved as metadata.
func (a *addition) definitionXML(ctx context.Context, f *File, s *staged) error {
	body, err := os.ReadFile(s.path)
	if err != nil {
		return err
	}
	d := xml.NewDecoder(strings.NewReader(string(body)))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) || err != nil {
			f.unrecognised("it is no table, log or definition that is known")
			return nil
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		switch start.Name.Local {
		case "Report":
			return a.reportMetadata(ctx, f, body)
		case "ListView":
			return a.listViewMetadata(ctx, f, body)
		case "CustomObject":
			return a.objectMetadata(ctx, f, body)
		case "CustomField":
			f.unrecognised("it describes the field " + stemOf(f.Name) + ", which is not used: types and lookups are taken from the tables")
			return nil
		}
		f.unrecognised("it is an XML document <" + start.Name.Local + ">, which is no table, log or definition that is known")
		return nil
	}
}

func (a *addition) reportMetadata(ctx context.Context, f *File, body []byte) error {
	var r reportXML
	if err := xml.Unmarshal(body, &r); err != nil {
		return &Damaged{f.Name, err.Error()}
	}
	text, err := json.Marshal(member{"reportMetadata": r.described(stemOf(f.Name))})
	if err != nil {
		return err
	}
	f.note("brought from metadata XML to the form of a describe document")
	return a.define(ctx, f, "salesforce.report", "report", "", r.Type, orText(r.Name, stemOf(f.Name)), "", string(text))
}

// member is an object of a JSON document.
type member = map[string]any

// listed makes a JSON list of a list, [] of none.
func listed[T any](list []T, each func(T) member) []member {
	members := []member{}
	for _, item := range list {
		members = append(members, each(item))
	}
	return members
}

// described is a report as its describe document says it.
func (r reportXML) described(stem string) member {
	var columns []string
	for _, c := range r.Columns {
		columns = append(columns, c.Field)
	}
	sorted := []member{}
	if r.SortColumn != "" {
		sorted = append(sorted, member{"sortColumn": r.SortColumn, "sortOrder": r.SortOrder})
	}
	grouping := func(g groupingXML) member { return member{"name": g.Field} }
	return member{
		"id": nil, "name": r.Name, "developerName": stem, "reportType": member{"type": r.Type, "label": r.Type}, "reportFormat": strings.ToUpper(r.Format),
		"detailColumns": columns, "reportFilters": listed(r.Filter.Items, filterXML.described), "reportBooleanFilter": nullText(r.Filter.Boolean), "scope": r.Scope,
		"groupingsDown": listed(r.Down, grouping), "groupingsAcross": listed(r.Across, grouping), "hasDetailRows": r.Detail != "false", "topRows": nullText(r.Limit),
		"crossFilters": listed(r.Cross, crossXML.described), "standardFilters": listed(r.Params, func(p paramXML) member { return member{"name": p.Name, "value": p.Value} }),
		"sortBy": sorted, "standardDateFilter": member{"column": r.Time.Column, "durationValue": strings.TrimPrefix(r.Time.Interval, "INTERVAL_"),
			"startDate": nullText(isoDates(r.Time.Start)), "endDate": nullText(isoDates(r.Time.End))},
	}
}

func (x filterXML) described() member {
	kind := "fieldValue"
	if x.ToColumn == "true" {
		kind = "fieldToField"
	}
	return member{"column": x.Column, "operator": x.Operator, "value": isoDates(x.Value), "filterType": kind}
}

func (x crossXML) described() member {
	return member{"primaryEntityField": x.Primary, "relatedEntity": x.Related, "relatedEntityJoinField": x.Join,
		"includesObject": !strings.EqualFold(x.Operation, "without"), "criteria": listed(x.Items, filterXML.described)}
}

func (a *addition) listViewMetadata(ctx context.Context, f *File, body []byte) error {
	var l listViewXML
	if err := xml.Unmarshal(body, &l); err != nil {
		return &Damaged{f.Name, err.Error()}
	}
	return a.defineListView(ctx, f, l, objectOfPath(f.Name))
}

// objectMetadata enters the list views that the metadata of an object holds; of its fields it takes nothing.
func (a *addition) objectMetadata(ctx context.Context, f *File, body []byte) error {
	var o struct {
		ListViews []listViewXML `xml:"listViews"`
	}
	if err := xml.Unmarshal(body, &o); err != nil {
		return &Damaged{f.Name, err.Error()}
	}
	on := stemOf(f.Name)
	if len(o.ListViews) == 0 {
		f.unrecognised("it describes the fields of " + on + ", which is not used: types and lookups are taken from the tables; add the rows")
		return nil
	}
	for _, l := range o.ListViews {
		if err := a.defineListView(ctx, f, l, on); err != nil {
			return err
		}
	}
	f.note(count(len(o.ListViews), "list view") + " taken from it; its fields are not used")
	return nil
}

// defineListView enters a list view of object on in the form of a describe document.
func (a *addition) defineListView(ctx context.Context, f *File, l listViewXML, on string) error {
	columns := listed(l.Columns, func(c string) member { return member{"fieldNameOrPath": c, "label": c} })
	conditions := listed(l.Filters, func(x listFilterXML) member {
		return member{"field": x.Field, "operator": x.Operation, "values": strings.Split(x.Value, ",")}
	})
	text, err := json.Marshal(member{"developerName": l.FullName, "label": l.Label, "columns": columns, "scope": strings.ToLower(l.Scope), "sobjectType": on,
		"whereCondition": member{"booleanOperator": "AND", "conditions": conditions}, "booleanFilter": nullText(l.Boolean)})
	if err != nil {
		return err
	}
	f.note("brought from metadata XML to the form of a describe document")
	return a.define(ctx, f, "salesforce.listview", "listview", "", on, orText(l.Label, l.FullName), "", string(text))
}

var dayOfUS = regexp.MustCompile(`\b(\d{1,2})/(\d{1,2})/(\d{4})\b`)

// isoDates turns the days of metadata, which stand in the form of the United States, round.
func isoDates(text string) string {
	return dayOfUS.ReplaceAllStringFunc(text, func(day string) string {
		at, err := time.Parse("1/2/2006", day)
		if err != nil {
			return day
		}
		return at.Format(time.DateOnly)
	})
}

func nullText(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// stemOf is a file's name without folders and extensions.
func stemOf(name string) string { return look{file: name}.stem() }

// objectOfPath is the object whose folder a list view lies in: objects/Contact/listViews/VIP.listView-meta.xml.
func objectOfPath(name string) string {
	if folder := path.Dir(path.Dir(name)); folder != "." && folder != "/" {
		return path.Base(folder)
	}
	return ""
}
