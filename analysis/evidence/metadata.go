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
		Boolean string `xml:"booleanFilter"`
		Items   []struct {
			Column   string `xml:"column"`
			Operator string `xml:"operator"`
			Value    string `xml:"value"`
			ToColumn string `xml:"columnToColumn"`
		} `xml:"criteriaItems"`
	} `xml:"filter"`
	Cross []struct {
		Items []struct {
			Column   string `xml:"column"`
			Operator string `xml:"operator"`
			Value    string `xml:"value"`
		} `xml:"criteriaItems"`
		Operation string `xml:"operation"`
		Primary   string `xml:"primaryTableColumn"`
		Related   string `xml:"relatedTable"`
		Join      string `xml:"relatedTableJoinColumn"`
	} `xml:"crossFilters"`
	Params []struct {
		Name  string `xml:"name"`
		Value string `xml:"value"`
	} `xml:"params"`
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

type groupingXML struct {
	Field string `xml:"field"`
}

type listViewXML struct {
	XMLName  xml.Name
	FullName string   `xml:"fullName"`
	Boolean  string   `xml:"booleanFilter"`
	Columns  []string `xml:"columns"`
	Scope    string   `xml:"filterScope"`
	Filters  []struct {
		Field     string `xml:"field"`
		Operation string `xml:"operation"`
		Value     string `xml:"value"`
	} `xml:"filters"`
	Label string `xml:"label"`
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
	type object = map[string]any
	var columns []string
	for _, c := range r.Columns {
		columns = append(columns, c.Field)
	}
	filters := []object{}
	for _, item := range r.Filter.Items {
		kind := "fieldValue"
		if item.ToColumn == "true" {
			kind = "fieldToField"
		}
		filters = append(filters, object{"column": item.Column, "operator": item.Operator, "value": isoDates(item.Value), "filterType": kind})
	}
	cross, standard, sorted := []object{}, []object{}, []object{}
	for _, c := range r.Cross {
		criteria := []object{}
		for _, item := range c.Items {
			criteria = append(criteria, object{"column": item.Column, "operator": item.Operator, "value": isoDates(item.Value), "filterType": "fieldValue"})
		}
		cross = append(cross, object{"primaryEntityField": c.Primary, "relatedEntity": c.Related, "relatedEntityJoinField": c.Join,
			"includesObject": !strings.EqualFold(c.Operation, "without"), "criteria": criteria})
	}
	for _, p := range r.Params {
		standard = append(standard, object{"name": p.Name, "value": p.Value})
	}
	if r.SortColumn != "" {
		sorted = append(sorted, object{"sortColumn": r.SortColumn, "sortOrder": r.SortOrder})
	}
	groupings := func(from []groupingXML) []object {
		list := []object{}
		for _, g := range from {
			list = append(list, object{"name": g.Field})
		}
		return list
	}
	describe := object{"reportMetadata": object{
		"id": nil, "name": r.Name, "developerName": stemOf(f.Name), "reportType": object{"type": r.Type, "label": r.Type}, "reportFormat": strings.ToUpper(r.Format),
		"detailColumns": columns, "reportFilters": filters, "reportBooleanFilter": nullText(r.Filter.Boolean), "scope": r.Scope,
		"groupingsDown": groupings(r.Down), "groupingsAcross": groupings(r.Across), "hasDetailRows": r.Detail != "false", "topRows": nullText(r.Limit),
		"crossFilters": cross, "standardFilters": standard, "sortBy": sorted,
		"standardDateFilter": object{"column": r.Time.Column, "durationValue": strings.TrimPrefix(r.Time.Interval, "INTERVAL_"), "startDate": nullText(isoDates(r.Time.Start)), "endDate": nullText(isoDates(r.Time.End))},
	}}
	text, err := json.Marshal(describe)
	if err != nil {
		return err
	}
	f.note("brought from metadata XML to the form of a describe document")
	return a.define(ctx, f, "salesforce.report", "report", "", r.Type, orText(r.Name, stemOf(f.Name)), "", string(text))
}

func (a *addition) listViewMetadata(ctx context.Context, f *File, body []byte) error {
	var l listViewXML
	if err := xml.Unmarshal(body, &l); err != nil {
		return &Damaged{f.Name, err.Error()}
	}
	type object = map[string]any
	columns, conditions := []object{}, []object{}
	for _, c := range l.Columns {
		columns = append(columns, object{"fieldNameOrPath": c, "label": c})
	}
	for _, x := range l.Filters {
		conditions = append(conditions, object{"field": x.Field, "operator": x.Operation, "values": strings.Split(x.Value, ",")})
	}
	on := objectOfPath(f.Name)
	text, err := json.Marshal(object{"developerName": l.FullName, "label": l.Label, "columns": columns, "scope": strings.ToLower(l.Scope), "sobjectType": on,
		"whereCondition": object{"booleanOperator": "AND", "conditions": conditions}, "booleanFilter": nullText(l.Boolean)})
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
