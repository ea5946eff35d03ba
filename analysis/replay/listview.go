package replay

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/soql"
)

var (
	viewID     = regexp.MustCompile(`00B[a-zA-Z0-9]{12}`)
	viewFilter = regexp.MustCompile(`(?i)/lightning/o/([A-Za-z0-9_]+)/list.*?[?&]filterName=([A-Za-z0-9_]+)`)
	viewHome   = regexp.MustCompile(`(?i)/lightning/o/([A-Za-z0-9_]+)/(list|home)`)
	viewName   = regexp.MustCompile(`(?i)/list-(?:records|ui)/([a-z0-9_]+)/([a-z0-9_]+)`)
	viewLately = regexp.MustCompile(`(?i)/mru-list-records/([a-z0-9_]+)|/list-ui/([a-z0-9_]+)/?(?:\?|$)|/(recent)/?(?:\?|$)`)
)

// listViews puts together the list views one session opened.
func listViews(list []mention, all *definitions, s *schema) []*question {
	var views []*question
	for _, m := range list {
		if m.action != "listview" {
			continue
		}
		id := viewOf(m)
		q := viewed(views, m, id)
		if q == nil {
			q = &question{session: m.session, account: m.account, carrier: analysis.ListView, act: analysis.Viewed, at: m.at, until: m.at, job: id}
			views = append(views, q)
		}
		q.tellView(m)
	}
	for _, q := range views {
		q.defineView(all, s)
	}
	return views
}

// viewOf is the id of the view, or object and developer name, of which either may be missing.
func viewOf(m mention) string {
	if strings.HasPrefix(m.job, "00B") {
		return m.job
	}
	if id := viewID.FindString(m.target); id != "" {
		return id
	}
	if found := viewFilter.FindStringSubmatch(m.target); found != nil {
		return fold(found[1]) + " " + fold(found[2])
	}
	if found := viewName.FindStringSubmatch(m.target); found != nil {
		return fold(found[1]) + " " + fold(found[2])
	}
	if found := viewLately.FindStringSubmatch(m.target); found != nil {
		return fold(first(found[1], found[2], m.object)) + " recent"
	}
	if m.source == "ListViewEvent" {
		return fold(m.object) + " " + fold(m.target)
	}
	return fold(m.object) + " "
}

func viewed(views []*question, m mention, id string) *question {
	for _, q := range slices.Backward(views) {
		if q.job == id && m.at.Sub(q.at).Abs() <= near && (!q.has(m.source) || q.mentions[len(q.mentions)-1].request == m.request && m.request != "") {
			return q
		}
	}
	return nil
}

func (q *question) tellView(m mention) {
	q.mentions = append(q.mentions, m)
	if q.object == "" {
		q.object = m.object
		for _, address := range []*regexp.Regexp{viewHome, viewName, viewLately} {
			if found := address.FindStringSubmatch(m.target); found != nil && found[1] != "" {
				q.object = first(q.object, found[1])
			}
		}
	}
	if strings.HasPrefix(m.source, "RestApi") {
		q.act = analysis.Acquired
	}
	if m.rows.Valid && m.rows.Int64 >= 0 {
		if q.rows == nil {
			q.rows = map[string]int64{}
		}
		q.rows[m.source] = max(q.rows[m.source], m.rows.Int64)
	}
	if why := refused(m); why != "" {
		q.refused = why
	}
}

// defineView finds what a list view asks for: its definition, or the filter the log holds.
func (q *question) defineView(all *definitions, s *schema) {
	q.text = strings.TrimSpace(id18(q.job))
	if v := all.listViews[q.job]; v != nil {
		q.text = strings.TrimSpace(first(id18(v.id), q.text) + " " + v.name)
		q.object = v.object
		tree, problem := v.tree(s)
		if problem != "" {
			q.unread = "the query of the list view cannot be read: " + problem
			return
		}
		q.query = tree
		if q.query.Scope == "" {
			q.query.Scope = v.scope
		}
		if v.modified.After(q.at) {
			q.doubt = "the definition of the list view was changed after it was opened"
		}
		return
	}
	for _, m := range q.mentions {
		if m.source == "ListViewEvent" && q.fromCriteria(m) {
			return
		}
	}
	q.unread = "the definition of the list view is not among the evidence"
	if strings.HasSuffix(q.job, " recent") || strings.HasSuffix(q.job, "__recent") {
		q.unread = "the list shows what the account opened lately, which no log holds"
	}
}

// tree is the query of a list view: as the describe document has it, or made from the columns and filters of metadata.
func (v *listView) tree(s *schema) (*soql.Query, string) {
	if v.query != "" {
		tree, err := soql.Parse(v.query)
		if err != nil {
			return nil, err.Error()
		}
		return tree, ""
	}
	t := s.table(v.object)
	if t == nil {
		return nil, "the snapshot holds no " + v.object
	}
	b := &builder{schema: s, base: t.object, columns: &columns{fields: map[string]columnInfo{}}}
	var filters []soql.Expr
	if v.where != nil {
		for _, c := range v.where.Conditions {
			filters = append(filters, b.filter(filter{Column: t.listed(c.Field), Operator: c.Compare, Value: strings.Join(c.Values, ",")}))
		}
	}
	logic, ok := combine(v.logic, filters)
	if !ok {
		return nil, "its filter logic " + *v.logic
	}
	q := &soql.Query{From: []soql.From{{Path: &soql.Path{Names: []string{t.object}}}}, Where: logic}
	for _, c := range v.columns {
		q.Select = append(q.Select, &soql.Field{Path: &soql.Path{Names: strings.Split(t.listed(c), ".")}})
	}
	if len(q.Select) == 0 {
		q.Select = append(q.Select, &soql.Field{Path: &soql.Path{Names: []string{"Id"}}})
	}
	return q, ""
}

// listed is a column token of a list view as a field: CREATED_DATE and CONTACT.CREATED_DATE are CreatedDate. Any other
// token stays as it is, and the replay will not find it.
func (t *table) listed(token string) string {
	plain := fold(strings.ReplaceAll(token[strings.LastIndex(token, ".")+1:], "_", ""))
	switch plain {
	case "fullname":
		plain = "name"
	case "lastupdate":
		plain = "lastmodifieddate"
	}
	object, _, dotted := strings.Cut(token, ".")
	if _, ok := t.field(token); ok || dotted && !strings.EqualFold(object, t.object) {
		return token
	}
	for _, f := range t.order {
		if fold(f.name) == plain || fold(strings.ReplaceAll(f.name, "_", "")) == plain {
			return f.name
		}
	}
	if plain == "name" {
		return "Name"
	}
	return token
}

// listCondition is the filter of a list view: a comparison, or several joined.
type listCondition struct {
	Operator   string          `json:"booleanOperator"`
	Conditions []listCondition `json:"conditions"`
	Field      string          `json:"field"`
	Compare    string          `json:"operator"`
	Values     []string        `json:"values"`
}

// fromCriteria reads the filter a real-time event holds.
func (q *question) fromCriteria(m mention) bool {
	var said struct {
		Where *listCondition `json:"whereCondition"`
	}
	if json.Unmarshal([]byte(m.text), &said) != nil || said.Where == nil || q.object == "" {
		return false
	}
	where, ok := said.Where.text()
	if !ok {
		return false
	}
	tree, err := soql.Parse("SELECT Id FROM " + q.object + where)
	if err != nil {
		return false
	}
	tree.Scope = m.method
	q.query, q.note = tree, "filter taken from the log"
	return true
}

var listOperators = map[string]string{"equals": "=", "notequals": "!=", "notequal": "!=", "lessthan": "<", "lessthanorequalto": "<=", "greaterthan": ">",
	"greaterthanorequalto": ">=", "like": "LIKE", "in": "IN", "notin": "NOT IN", "includes": "INCLUDES", "excludes": "EXCLUDES"}

// text is the filter as a WHERE clause.
func (c *listCondition) text() (string, bool) {
	if c.Field == "" && len(c.Conditions) == 0 {
		return "", true
	}
	inner, ok := c.term()
	return " WHERE " + inner, ok
}

func (c *listCondition) term() (string, bool) {
	if c.Field != "" {
		op, ok := listOperators[fold(c.Compare)]
		right := strings.Join(c.Values, ", ")
		switch op {
		case "IN", "NOT IN", "INCLUDES", "EXCLUDES":
			right = "(" + right + ")"
		}
		return c.Field + " " + op + " " + right, ok && len(c.Values) > 0
	}
	var terms []string
	for _, inner := range c.Conditions {
		term, ok := inner.term()
		if !ok {
			return "", false
		}
		terms = append(terms, term)
	}
	if strings.EqualFold(c.Operator, "NOT") {
		return "(NOT " + strings.Join(terms, " AND ") + ")", len(terms) == 1
	}
	return "(" + strings.Join(terms, " "+first(c.Operator, "AND")+" ") + ")", len(terms) > 0
}

// searches puts together the searches of one session. What a search shows cannot be told exactly: its index splits and
// stems words. Replay names candidates.
func searches(list []mention) []*question {
	var asked []*question
	for _, m := range list {
		if m.action != "search" {
			continue
		}
		if n := len(asked); n > 0 && m.at.Sub(asked[n-1].at) <= near && !asked[n-1].has(m.source) && (m.text == "" || asked[n-1].text == "" || sameText(asked[n-1].text) == sameText(m.text)) {
			asked[n-1].searchedToo(m)
			continue
		}
		q := &question{session: m.session, account: m.account, carrier: analysis.Search, act: analysis.Viewed, at: m.at, until: m.at, text: m.text, object: m.object}
		if finds.MatchString(m.text) || requested(m) {
			q.carrier, q.act = analysis.SOSL, analysis.Acquired
		}
		q.mentions = []mention{m}
		q.refused = refused(m)
		asked = append(asked, q)
	}
	for _, q := range asked {
		if q.text == "" {
			q.unread = "no log holds the words searched for"
			q.text = q.mentions[0].target
		}
	}
	return asked
}

// requested says whether a row tells of a request to the interface for programs, which takes what it finds out.
func requested(m mention) bool {
	return strings.HasPrefix(m.source, "RestApi") || m.source == "CompositeApiSubrequest" || m.source == "ApiTotalUsage"
}

// searchedToo adds the row of another log about a search.
func (q *question) searchedToo(m mention) {
	q.mentions = append(q.mentions, m)
	q.text = first(q.text, m.text)
	if finds.MatchString(q.text) || requested(m) {
		q.carrier, q.act = analysis.SOSL, analysis.Acquired
	}
	q.object = first(q.object, m.object)
}
