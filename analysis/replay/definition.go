package replay

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/breachscope/breachscope/analysis"
)

// definitions are the saved reports and list views among the evidence.
type definitions struct {
	reports   map[string]*report   // by 15-character id
	named     map[string]*report   // by folded name, of those that carry no id
	names     map[string][]string  // folded names of saved reports by 15-character id, from the snapshot
	types     map[string]*columns  // by report type: what its column tokens mean
	listViews map[string]*listView // by 15-character id and by folded developer name
	objects   map[string]string    // what runs of a report were over, by its id, as far as any log says
}

type listView struct {
	id, name, object, query, scope string
	where                          *listCondition
	logic                          *string  // of metadata: "(1 OR 2) AND 3"
	columns                        []string // of metadata
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
	ID            string      `json:"id"`
	Name          string      `json:"name"`
	Developer     string      `json:"developerName"`
	Format        string      `json:"reportFormat"`
	DetailColumns []string    `json:"detailColumns"`
	Down          []group     `json:"groupingsDown"`
	Across        []group     `json:"groupingsAcross"`
	Filters       []filter    `json:"reportFilters"`
	Boolean       *string     `json:"reportBooleanFilter"`
	Date          *dateFilter `json:"standardDateFilter"`
	Standard      []struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	} `json:"standardFilters"`
	Scope string        `json:"scope"`
	Cross []crossFilter `json:"crossFilters"`
	Top   *topRows      `json:"topRows"`
	Sort  []struct {
		Column string `json:"sortColumn"`
		Order  string `json:"sortOrder"`
	} `json:"sortBy"`
	Type struct {
		Type string `json:"type"`
	} `json:"reportType"`
	Division *string `json:"division"`
}

// topRows is a row limit: an object in a describe document, a number in metadata.
type topRows struct{ Limit int64 }

func (t *topRows) UnmarshalJSON(text []byte) error {
	var said struct {
		Limit json.Number `json:"rowLimit"`
	}
	if json.Unmarshal(text, &said) != nil {
		said.Limit = json.Number(strings.Trim(string(text), `"`))
	}
	t.Limit, _ = said.Limit.Int64()
	return nil
}

type dateFilter struct {
	Column   string  `json:"column"`
	Duration string  `json:"durationValue"`
	Start    *string `json:"startDate"`
	End      *string `json:"endDate"`
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
	bare    bool // known from the tokens alone: how the objects are joined is not
}

// readDefinitions reads the definitions handed in as evidence; one that is broken is left out and its reports stay
// not understood.
func readDefinitions(ctx context.Context, db analysis.Engine) (*definitions, error) {
	all := &definitions{objects: map[string]string{}, reports: map[string]*report{}, named: map[string]*report{}, names: map[string][]string{}, types: map[string]*columns{}, listViews: map[string]*listView{}}
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
			all.addReport(id, name, modified.Time, body)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return all, all.readObjects(ctx, db)
}

// readObjects reads over what reports were run, as far as the log of any run says.
func (all *definitions) readObjects(ctx context.Context, db analysis.Engine) error {
	rows, err := db.QueryContext(ctx, `SELECT left(job, 15), string_agg(DISTINCT object, ';' ORDER BY object) FROM analysis.event
		WHERE action = 'report' AND starts_with(job, '00O') AND object NOT IN ('', 'Report', 'Dashboard') GROUP BY 1`)
	if err != nil {
		return fmt.Errorf("reading the objects of reports: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, object string
		if err := rows.Scan(&id, &object); err != nil {
			return err
		}
		all.objects[id] = object
	}
	return rows.Err()
}

func short(id string) string {
	if len(id) > 15 {
		return id[:15]
	}
	return id
}

func (all *definitions) addReport(id, called string, modified time.Time, body string) {
	r := &report{modified: modified}
	if json.Unmarshal([]byte(body), r) != nil {
		return
	}
	if id == "" {
		id = r.Metadata.ID
	}
	if id != "" {
		all.reports[short(id)] = r
	}
	for _, name := range []string{called, r.Metadata.Name, r.Metadata.Developer} {
		if name != "" && id == "" {
			all.named[fold(name)] = r
		}
	}
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
		Logic     *string        `json:"booleanFilter"`
		Columns   []struct {
			Field string `json:"fieldNameOrPath"`
		} `json:"columns"`
	}
	if json.Unmarshal([]byte(body), &said) != nil {
		return
	}
	v := &listView{id: first(id, said.ID), name: first(name, said.Label), object: first(object, said.Object), query: said.Query, scope: said.Scope, where: said.Where, logic: said.Logic, modified: modified}
	for _, c := range said.Columns {
		v.columns = append(v.columns, c.Field)
	}
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

// report is the saved definition of a report: by its id, else by the name that the snapshot gives the id.
func (all *definitions) report(id string) *report {
	if r := all.reports[id]; r != nil {
		return r
	}
	for _, name := range all.names[id] {
		if r := all.named[name]; r != nil {
			return r
		}
	}
	return nil
}

// readNames reads the names of saved reports from a table of them, where the snapshot has one.
func (all *definitions) readNames(ctx context.Context, db analysis.Engine, s *schema) error {
	t := s.table("Report")
	if t == nil || t.key == "" {
		return nil
	}
	for _, column := range []string{"DeveloperName", "Name"} {
		f, ok := t.field(column)
		if !ok {
			continue
		}
		rows, err := db.QueryContext(ctx, fmt.Sprintf("SELECT left(%s, 15), lower(%s) FROM snapshot.%s WHERE %[2]s <> ''", analysis.Quote(t.key), analysis.Quote(f.name), analysis.Quote(t.object)))
		if err != nil {
			return fmt.Errorf("reading the names of reports: %w", err)
		}
		for rows.Next() {
			var id, name string
			if err := rows.Scan(&id, &name); err != nil {
				rows.Close()
				return err
			}
			all.names[id] = append(all.names[id], name)
		}
		if err := rows.Err(); err != nil {
			return err
		}
	}
	return nil
}

// meaning is what the column tokens of a definition mean: by the saved definition, by others of its type, else by the
// tokens themselves, where they name an object and a field.
func (all *definitions) meaning(definition, saved *report, s *schema) *columns {
	c := &columns{fields: map[string]columnInfo{}, inner: map[string]bool{}}
	if saved != nil {
		c.learn(saved)
	}
	if shared := all.types[definition.Metadata.Type.Type]; shared != nil {
		for token, info := range shared.fields {
			if _, known := c.fields[token]; !known {
				c.fields[token] = info
			}
		}
		if len(c.objects) == 0 {
			c.objects, c.inner = shared.objects, shared.inner
		}
	}
	if len(c.objects) == 0 {
		c.objects, c.bare = s.objectsIn(definition.Metadata), true
	}
	return c
}

// objectsIn lists the objects the tokens of a definition name, in order.
func (s *schema) objectsIn(m metadata) (objects []string) {
	tokens := slices.Clone(m.DetailColumns)
	for _, f := range m.Filters {
		tokens = append(tokens, f.Column)
	}
	for _, token := range tokens {
		object, _, ok := strings.Cut(s.plain(token), ".")
		if t := s.table(object); ok && t != nil && !slices.Contains(objects, t.object) {
			objects = append(objects, t.object)
		}
	}
	return objects
}

// plain is a column token as Object.Field: custom report types write Account.Contacts$LastName for a field of a related
// object, by way of the relationships that lead to it.
func (s *schema) plain(token string) string {
	way, field, ok := strings.Cut(token, "$")
	if !ok {
		return token
	}
	steps := strings.Split(way, ".")
	at := s.table(steps[0])
	for _, step := range steps[1:] {
		if at == nil {
			break
		}
		if child, _, ok := s.children(at, step); ok {
			at = child
		} else {
			at = s.table(step)
		}
	}
	if at == nil {
		return steps[len(steps)-1] + "." + field
	}
	return at.object + "." + field
}

// described reads the definition in the address an export was asked with, nil when it holds none.
func described(text string) *report {
	text = strings.TrimPrefix(strings.TrimSpace(text), "?")
	values, err := url.ParseQuery(text)
	body := values.Get("runReportJson")
	if body == "" && strings.HasPrefix(text, "{") {
		body = text
	}
	if body == "" && err == nil {
		return formDescribed(values)
	}
	r := &report{}
	if json.Unmarshal([]byte(body), r) != nil || r.Metadata.Type.Type == "" && len(r.Metadata.DetailColumns) == 0 {
		return nil
	}
	return r
}

// formDescribed reads the form of an export of the classic pages: pcN, pnN and pvN are column, operator and value of a
// filter, colDt_* the date range; columns stand in duel0 or c. What it leaves out is as saved.
func formDescribed(values url.Values) *report {
	r := &report{}
	m := &r.Metadata
	for _, c := range append(strings.Split(values.Get("duel0"), ","), values["c"]...) {
		if c != "" && !slices.Contains(m.DetailColumns, c) {
			m.DetailColumns = append(m.DetailColumns, c)
		}
	}
	for i := 0; values.Get(fmt.Sprintf("pc%d", i)) != ""; i++ {
		at := func(name string) string { return values.Get(fmt.Sprintf("%s%d", name, i)) }
		m.Filters = append(m.Filters, filter{Column: at("pc"), Operator: at("pn"), Value: at("pv")})
	}
	if logic := first(values.Get("bool_filter"), values.Get("booleanFilter")); logic != "" {
		m.Boolean = &logic
	}
	if column := values.Get("colDt_c"); column != "" {
		start, end := values.Get("colDt_s"), values.Get("colDt_e")
		m.Date = &dateFilter{Column: column, Duration: first(values.Get("colDt_q"), values.Get("colDt")), Start: &start, End: &end}
	}
	if len(m.DetailColumns) == 0 && len(m.Filters) == 0 && m.Date == nil {
		return nil
	}
	m.Scope = values.Get("scope")
	return r
}
