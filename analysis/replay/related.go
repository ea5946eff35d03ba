package replay

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/soql"
)

var (
	relatedURI   = regexp.MustCompile(`(?i)/sobjects/([a-z0-9_]+)/([a-z0-9]{15}(?:[a-z0-9]{3})?)/([a-z][a-z0-9_]*)`)
	relatedUIURI = regexp.MustCompile(`(?i)/ui-api/related-list-records/([a-z0-9]{15}(?:[a-z0-9]{3})?)/([a-z][a-z0-9_]*)`)
	relatedPage  = regexp.MustCompile(`(?i)/lightning/r/(?:[a-z0-9_]+/)?([a-z0-9]{15}(?:[a-z0-9]{3})?)/related/([a-z][a-z0-9_]*)`)
)

// relatedLists puts together the related lists one session asked for: the children of a record, or a parent of it.
func relatedLists(list []mention, s *schema) []*question {
	var asked []*question
	for _, m := range list {
		if m.action != "related" {
			continue
		}
		object, record, relationship, ok := relatedOf(m.target, s)
		if !ok {
			continue
		}
		key := short(record) + " " + fold(relationship)
		q := relatedBefore(asked, key, m)
		if q == nil {
			q = &question{session: m.session, account: m.account, carrier: analysis.Record, act: analysis.Acquired, at: m.at, until: m.at, text: m.target, job: key}
			if relatedPage.MatchString(m.target) {
				q.act = analysis.Viewed
			}
			q.relate(s, object, record, relationship, relatedFields(m.target))
			asked = append(asked, q)
		}
		q.add(m)
		if why := refused(m); why != "" || writes(m) {
			q.refused = first(why, "the request wrote, it did not read")
		}
	}
	return asked
}

func writes(m mention) bool {
	switch strings.ToUpper(m.method) {
	case "PATCH", "PUT", "DELETE", "HEAD":
		return true
	}
	return false
}

// relatedBefore is the question of rows of other logs about the same request.
func relatedBefore(asked []*question, key string, m mention) *question {
	for _, q := range slices.Backward(asked) {
		if q.job == key && m.at.Sub(q.at).Abs() <= near && !q.has(m.source) {
			return q
		}
	}
	return nil
}

// relatedOf is the record whose related list a request names, with its object.
func relatedOf(target string, s *schema) (object, record, relationship string, ok bool) {
	if found := relatedURI.FindStringSubmatch(target); found != nil {
		return found[1], found[2], found[3], true
	}
	for _, address := range []*regexp.Regexp{relatedUIURI, relatedPage} {
		if found := address.FindStringSubmatch(target); found != nil {
			return first(s.types[found[1][:3]], prefixes[found[1][:3]]), found[1], found[2], true
		}
	}
	return "", "", "", false
}

// relatedFields are the fields a request names, none when it asks for all.
func relatedFields(target string) (fields []string) {
	_, query, _ := strings.Cut(target, "?")
	values, _ := url.ParseQuery(query)
	for _, name := range []string{"fields", "optionalFields"} {
		for _, f := range strings.Split(values.Get(name), ",") {
			if f = strings.TrimSpace(f); f != "" {
				fields = append(fields, f)
			}
		}
	}
	return fields
}

// relate makes the query a related list stands for.
func (q *question) relate(s *schema, object, record, relationship string, fields []string) {
	parent := s.table(object)
	if parent == nil {
		q.unread, q.object = "the snapshot holds no "+first(object, "such object")+" to follow "+relationship+" from", s.named(relationship)
		return
	}
	child, by, ok := s.children(parent, relationship)
	key := by.name
	if !ok {
		if child, ok = s.parentTable(parent, relationship); !ok {
			q.unread, q.object = "which records "+relationship+" of "+object+" leads to is not known", s.named(relationship)
			return
		}
	}
	q.object = child.object
	tree := &soql.Query{Select: fieldsOrAll(fields), From: []soql.From{{Path: &soql.Path{Names: []string{child.object}}}}}
	id := &soql.String{Text: record}
	if key != "" {
		tree.Where = &soql.Comparison{Left: &soql.Path{Names: []string{key}}, Op: soql.Eq, Right: id}
	} else { // of a parent: the row the record's lookup holds
		lookup, _ := parent.lookup(relationship)
		tree.Where = &soql.Comparison{Left: &soql.Path{Names: []string{"Id"}}, Op: soql.In, Right: &soql.SemiJoin{Query: &soql.Query{
			Select: []soql.Item{&soql.Field{Path: &soql.Path{Names: []string{lookup.name}}}}, From: []soql.From{{Path: &soql.Path{Names: []string{parent.object}}}},
			Where: &soql.Comparison{Left: &soql.Path{Names: []string{"Id"}}, Op: soql.Eq, Right: id}}}}
	}
	q.query = tree
}

// named is the object a relationship is likely named after; the relationship itself where the snapshot has none.
func (s *schema) named(relationship string) string {
	if t := s.table(singular(relationship)); t != nil {
		return t.object
	}
	return relationship
}

// parentTable is the one table a lookup of a record leads to.
func (s *schema) parentTable(t *table, relationship string) (*table, bool) {
	f, ok := t.lookup(relationship)
	if !ok {
		return nil, false
	}
	targets := s.targets(f, relationship)
	if len(targets) != 1 {
		return nil, false
	}
	return targets[0], true
}
