package replay

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/breachscope/breachscope/analysis"
)

// definitions are the saved reports and list views among the evidence.
type definitions struct {
	reports   map[string]*report   // by 15-character id
	types     map[string]*columns  // by report type: what its column tokens mean
	listViews map[string]*listView // by 15-character id and by folded developer name
}

type listView struct {
	id, name, object, query, scope string
	where                          *listCondition
	modified                       time.Time
}

// report is a report's definition: what it was asked for, and what its column tokens mean.
type report struct {
	Metadata metadata `json:"reportMetadata"`
	Type     struct {
		Categories []struct {
			Columns map[string]columnInfo `json:"columns"`
		} `json:"categories"`
		Objects []struct {
			Name     string `json:"name"`
			JoinType string `json:"joinType"`
		} `json:"objects"`
	} `json:"reportTypeMetadata"`
	Extended struct {
		Detail   map[string]columnInfo `json:"detailColumnInfo"`
		Grouping map[string]columnInfo `json:"groupingColumnInfo"`
	} `json:"reportExtendedMetadata"`
	modified time.Time
}

type columnInfo struct {
	Entity string `json:"entityColumnName"`
	Kind   string `json:"dataType"`
}

type metadata struct {
	ID            string   `json:"id"`
	Name          string   `json:"name"`
	Format        string   `json:"reportFormat"`
	DetailColumns []string `json:"detailColumns"`
	Down          []group  `json:"groupingsDown"`
	Across        []group  `json:"groupingsAcross"`
	Filters       []filter `json:"reportFilters"`
	Boolean       *string  `json:"reportBooleanFilter"`
	Date          *struct {
		Column   string  `json:"column"`
		Duration string  `json:"durationValue"`
		Start    *string `json:"startDate"`
		End      *string `json:"endDate"`
	} `json:"standardDateFilter"`
	Standard []struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	} `json:"standardFilters"`
	Scope string        `json:"scope"`
	Cross []crossFilter `json:"crossFilters"`
	Top   *struct {
		Limit     int64  `json:"rowLimit"`
		Direction string `json:"direction"`
	} `json:"topRows"`
	Sort []struct {
		Column string `json:"sortColumn"`
		Order  string `json:"sortOrder"`
	} `json:"sortBy"`
	Type struct {
		Type string `json:"type"`
	} `json:"reportType"`
	Division *string `json:"division"`
}

type group struct {
	Name string `json:"name"`
}

type filter struct {
	Column   string `json:"column"`
	Operator string `json:"operator"`
	Value    string `json:"value"`
	Kind     string `json:"filterType"`
}

type crossFilter struct {
	Primary  string   `json:"primaryEntityField"`
	Related  string   `json:"relatedEntity"`
	Join     string   `json:"relatedEntityJoinField"`
	Includes bool     `json:"includesObject"`
	Criteria []filter `json:"criteria"`
}

// columns is what the tokens of a report type mean.
type columns struct {
	fields  map[string]columnInfo // by folded token
	objects []string              // the root first
	inner   map[string]bool
}

// readDefinitions reads the definitions handed in as evidence; one that is broken is left out and its reports stay
// not understood.
func readDefinitions(ctx context.Context, db analysis.Engine) (*definitions, error) {
	all := &definitions{reports: map[string]*report{}, types: map[string]*columns{}, listViews: map[string]*listView{}}
	rows, err := db.QueryContext(ctx, "SELECT carrier, definition_id, object, name, modified_at, body FROM evidence.definition ORDER BY file, definition_id")
	if err != nil {
		return nil, fmt.Errorf("reading definitions: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var carrier, id, object, name, body string
		var modified sql.NullTime
		if err := rows.Scan(&carrier, &id, &object, &name, &modified, &body); err != nil {
			return nil, err
		}
		if carrier == "listview" {
			all.addListView(id, object, name, modified.Time, body)
		} else {
			all.addReport(id, modified.Time, body)
		}
	}
	return all, rows.Err()
}

func short(id string) string {
	if len(id) > 15 {
		return id[:15]
	}
	return id
}

func (all *definitions) addReport(id string, modified time.Time, body string) {
	r := &report{modified: modified}
	if json.Unmarshal([]byte(body), r) != nil {
		return
	}
	if id == "" {
		id = r.Metadata.ID
	}
	all.reports[short(id)] = r
	name := r.Metadata.Type.Type
	c := all.types[name]
	if c == nil {
		c = &columns{fields: map[string]columnInfo{}, inner: map[string]bool{}}
		all.types[name] = c
	}
	c.learn(r)
}

// learn takes over what a definition tells about the tokens of its type.
func (c *columns) learn(r *report) {
	take := func(from map[string]columnInfo) {
		for token, info := range from {
			if info.Entity != "" {
				c.fields[fold(token)] = info
			}
		}
	}
	for _, category := range r.Type.Categories {
		take(category.Columns)
	}
	take(r.Extended.Detail)
	take(r.Extended.Grouping)
	if len(c.objects) > 0 {
		return
	}
	for _, o := range r.Type.Objects {
		if strings.EqualFold(o.JoinType, "ROOT") {
			c.objects = append([]string{o.Name}, c.objects...)
			continue
		}
		c.objects = append(c.objects, o.Name)
		c.inner[fold(o.Name)] = strings.EqualFold(o.JoinType, "INNER")
	}
}

func (all *definitions) addListView(id, object, name string, modified time.Time, body string) {
	var said struct {
		ID        string         `json:"id"`
		Developer string         `json:"developerName"`
		Label     string         `json:"label"`
		Object    string         `json:"sobjectType"`
		Query     string         `json:"query"`
		Scope     string         `json:"scope"`
		Where     *listCondition `json:"whereCondition"`
	}
	if json.Unmarshal([]byte(body), &said) != nil {
		return
	}
	v := &listView{id: first(id, said.ID), name: first(name, said.Label), object: first(object, said.Object), query: said.Query, scope: said.Scope, where: said.Where, modified: modified}
	if v.id != "" {
		all.listViews[short(v.id)] = v
	}
	if said.Developer != "" {
		all.listViews[fold(v.object)+" "+fold(said.Developer)] = v
	}
}

func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// described reads the definition in the address an export was asked with, nil when it holds none.
func described(text string) *report {
	text = strings.TrimPrefix(strings.TrimSpace(text), "?")
	values, err := url.ParseQuery(text)
	body := values.Get("runReportJson")
	if err != nil && body == "" || body == "" {
		if !strings.HasPrefix(text, "{") {
			return nil
		}
		body = text
	}
	r := &report{}
	if json.Unmarshal([]byte(body), r) != nil || r.Metadata.Type.Type == "" && len(r.Metadata.DetailColumns) == 0 {
		return nil
	}
	return r
}
