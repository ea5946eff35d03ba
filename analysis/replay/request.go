package replay

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/soql"
)

// Requests that name no record may still have returned some: by a business number, by ids in a body that no log holds, by
// code of the organisation's own. What can be made out is run again; of the rest every record of the object is within reach.

var (
	byNumber  = regexp.MustCompile(`(?i)/sobjects/([a-z0-9_]+)/([a-z][a-z0-9_]*)/([^/?]+)`)
	changedIn = regexp.MustCompile(`(?i)/sobjects/([a-z0-9_]+)/(updated|deleted)/?(\?|$)`)
	ofObject  = regexp.MustCompile(`(?i)/(?:sobjects|lookups|composite/sobjects)/([a-z0-9_]+)`)
	packed    = regexp.MustCompile(`(?i)/composite(/batch|/graph)?/?(\?|$)`)
	bodied    = regexp.MustCompile(`(?i)/(graphql|composite(/batch|/graph|/sobjects/[a-z0-9_]+)?)/?(\?|$)`)
)

// requests puts together the requests of one session that name no record. asked is what else the session asked for.
func requests(list []mention, asked []*question, s *schema) (found []*question) {
	apart := toldApart(list, asked)
	for _, m := range list {
		if m.action != "request" || writes(m) || strings.EqualFold(m.method, "POST") && !readsByPost(m) || apart.tells(m) {
			continue
		}
		if q := sameTarget(found, m); q != nil {
			q.add(m)
			continue
		}
		q := &question{session: m.session, account: m.account, carrier: analysis.Record, act: analysis.Acquired, at: m.at, until: m.at, text: first(m.target, m.source+" "+m.method), object: m.object}
		q.add(m)
		q.request(s)
		found = append(found, q)
	}
	return found
}

// readsByPost says whether a POST reads: one whose body names what is asked for, and any call of custom code.
func readsByPost(m mention) bool {
	return bodied.MatchString(m.target) || strings.HasPrefix(m.source, "Apex") || strings.Contains(fold(m.target), "/apexrest/")
}

// told are the moments at which other rows say what a request read, by its id. Clients choose these ids, so only what lies
// near counts.
type told struct{ parts, texts map[string][]time.Time }

// toldApart finds the parts of composite requests and the texts of queries.
func toldApart(list []mention, asked []*question) told {
	t := told{map[string][]time.Time{}, map[string][]time.Time{}}
	for _, m := range list {
		if strings.HasPrefix(m.source, "CompositeApiSubrequest") {
			t.parts[m.request] = append(t.parts[m.request], m.at)
		}
	}
	for _, q := range asked {
		for _, m := range q.mentions {
			if q.text != "" {
				t.texts[m.request] = append(t.texts[m.request], m.at)
			}
		}
	}
	return t
}

// tells says whether the parts of a composite request, or the queries of custom code, are logged by themselves.
func (t told) tells(m mention) bool {
	var at []time.Time
	switch {
	case m.request == "":
	case packed.MatchString(m.target):
		at = t.parts[m.request]
	case strings.HasPrefix(m.source, "Apex"):
		at = t.texts[m.request]
	}
	return slices.ContainsFunc(at, func(a time.Time) bool { return a.Sub(m.at).Abs() <= near })
}

// sameTarget is the question of the row of another log about the same request.
func sameTarget(found []*question, m mention) *question {
	for _, q := range slices.Backward(found) {
		if m.at.Sub(q.at) > near {
			return nil
		}
		if !q.has(m.source) && strings.EqualFold(resource(q.text), resource(m.target)) {
			return q
		}
	}
	return nil
}

// resource is the part of an address after the version of the interface.
func resource(target string) string {
	_, path, _ := strings.Cut(strings.TrimPrefix(fold(target), "/services/data"), "/v")
	_, path, _ = strings.Cut(path, "/")
	path, _, _ = strings.Cut(path, "?")
	return strings.Trim(path, "/")
}

// request finds what a request asked for.
func (q *question) request(s *schema) {
	m := q.mentions[0]
	q.refused = refused(m)
	if m.rows.Valid && m.rows.Int64 == 0 {
		q.refused = "the request returned no rows"
	}
	if found := ofObject.FindStringSubmatch(m.target); found != nil {
		q.object = first(q.object, found[1])
	}
	changed := changedIn.FindStringSubmatch(m.target)
	number := byNumber.FindStringSubmatch(m.target)
	switch {
	case changed != nil && strings.EqualFold(changed[2], "deleted"):
		q.unread = "the ids of records deleted in some period were asked for"
	case changed != nil:
		q.unread = "the ids of records changed in some period were asked for, and the log does not hold the period"
	case number != nil && q.byNumber(s, number):
	case bodied.MatchString(m.target):
		q.unread = "what was asked for stands in the body of the request, which no log holds"
	case strings.HasPrefix(m.source, "Apex"), strings.Contains(fold(m.target), "/apexrest/"):
		q.unread = "the request ran code of the organisation's own, and no log holds what it read"
	default:
		q.unread = "the address does not say which records were asked for"
	}
}

// byNumber makes the query for a record named by the value of a field.
func (q *question) byNumber(s *schema, found []string) bool {
	t := s.table(found[1])
	if t == nil {
		return false
	}
	if _, ok := t.field(found[2]); !ok {
		return false
	}
	value, err := url.PathUnescape(found[3])
	if err != nil {
		value = found[3]
	}
	q.object = t.object
	q.query = &soql.Query{Select: fieldsOrAll(relatedFields(q.text)), From: []soql.From{{Path: &soql.Path{Names: []string{t.object}}}},
		Where: &soql.Comparison{Left: &soql.Path{Names: []string{found[2]}}, Op: soql.Eq, Right: &soql.String{Text: value}}}
	return true
}

// fieldsOrAll selects the fields named, or all there are.
func fieldsOrAll(fields []string) (items []soql.Item) {
	for _, f := range fields {
		items = append(items, &soql.Field{Path: &soql.Path{Names: strings.Split(f, ".")}})
	}
	if len(fields) == 0 {
		items = append(items, &soql.Call{Func: &soql.Func{Name: "FIELDS", Args: []soql.Node{&soql.Keyword{Text: "ALL"}}}})
	}
	return items
}
