package soql_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/breachscope/breachscope/analysis/soql"
)

// A sample is a query others wrote, with what independent parsers say of it.
type sample struct {
	ID    string
	SOQL  string
	Label string
	Facts *facts
}

type facts struct {
	Object  string
	Alias   string
	Select  []any
	Where   map[string]any
	GroupBy []string
	OrderBy []map[string]string
	Scope   string
	Limit   *int64
	Offset  *int64
}

// corpus loads the samples kept beside the checkout, or skips the test.
func corpus(t testing.TB) []sample {
	t.Helper()
	file, err := os.Open(filepath.Join(moduleRoot(t), "..", "shared", "soql", "corpus.jsonl"))
	if err != nil {
		t.Skip("no corpus of queries beside the checkout: ", err)
	}
	defer file.Close()
	var samples []sample
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var s sample
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			t.Fatal(err)
		}
		samples = append(samples, s)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return samples
}

func moduleRoot(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = parent
	}
}

// Valid queries are read without forgiving anything, invalid ones are refused
// or at least reported as lenient, and the tree says what others found.
func TestCorpus(t *testing.T) {
	for _, s := range corpus(t) {
		t.Run(s.Label+"/"+s.ID, func(t *testing.T) {
			q, err := soql.Parse(s.SOQL)
			_, strict := soql.ParseStrict(s.SOQL)
			switch {
			case s.Label == "valid" && strict != nil:
				t.Errorf("refused: %v\n%s", strict, s.SOQL)
			case s.Label == "invalid" && strict == nil:
				t.Errorf("taken for valid: %s", s.SOQL)
			}
			if err != nil {
				checkPosition(t, s.SOQL, err)
				return
			}
			checkRoundTrip(t, q)
			if s.Facts != nil {
				compareFacts(t, s, q)
			}
		})
	}
}

// TestCorpusReadings pins what becomes of the texts that are neither plainly
// valid nor invalid: whether they are read, and what is forgiven.
func TestCorpusReadings(t *testing.T) {
	readings := map[string]map[string]int{}
	for _, s := range corpus(t) {
		if s.Label == "valid" || s.Label == "invalid" {
			continue
		}
		q, err := soql.Parse(s.SOQL)
		outcome := "refused"
		if err == nil {
			outcome = "read"
			if len(q.Lenient) > 0 {
				outcome = strings.Join(q.Lenient, "; ")
			}
		}
		if readings[s.Label] == nil {
			readings[s.Label] = map[string]int{}
		}
		readings[s.Label][outcome]++
		t.Logf("%s %s: %s: %q", s.Label, s.ID, outcome, s.SOQL)
	}
	if n := readings["server-generated"][soql.LenientID]; n == 0 {
		t.Error("chunks of bulk jobs with unquoted ids must be read")
	}
	if n := readings["newer-than-oracle"]["refused"]; n > 0 {
		t.Error("FORMULA must be recognised")
	}
	if n := readings["apex-only"]["refused"]; n > 0 {
		t.Errorf("%d Apex queries refused", n)
	}
}

func compareFacts(t *testing.T, s sample, q *soql.Query) {
	t.Helper()
	same := func(what string, got, want any) {
		t.Helper()
		g, w := asJSON(t, got), asJSON(t, want)
		if !strings.EqualFold(g, w) {
			t.Errorf("%s: got %s, want %s\n%s", what, g, w, s.SOQL)
		}
	}
	same("object", q.From[0].Name(), s.Facts.Object)
	same("alias", q.From[0].Alias, s.Facts.Alias)
	same("select", items(q.Select), s.Facts.Select)
	same("scope", q.Scope, s.Facts.Scope)
	same("limit", q.Limit, s.Facts.Limit)
	same("offset", q.Offset, s.Facts.Offset)
	if s.Facts.Where != nil || q.Where != nil {
		same("where", condition(q.Where), canonical(s.Facts.Where))
	}
	var groups []string
	if q.GroupBy != nil {
		for _, by := range q.GroupBy.By {
			groups = append(groups, soql.Format(by))
		}
		if q.GroupBy.Form != "" {
			groups = []string{q.GroupBy.Form + "(" + strings.Join(groups, ", ") + ")"}
		}
	}
	same("group by", groups, s.Facts.GroupBy)
	var orders []map[string]string
	for _, o := range q.OrderBy {
		order := map[string]string{"field": soql.Format(o.By), "order": "ASC", "nulls": "FIRST"}
		if o.Desc {
			order["order"] = "DESC"
		}
		if o.NullsLast {
			order["nulls"] = "LAST"
		}
		orders = append(orders, order)
	}
	same("order by", orders, s.Facts.OrderBy)
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func items(list []soql.Item) []any {
	var out []any
	for _, it := range list {
		switch it := it.(type) {
		case *soql.Field:
			out = append(out, it.Path.String())
		case *soql.Call:
			out = append(out, it.Func.String())
		case *soql.Child:
			out = append(out, map[string]any{"subquery": it.Query.From[0].Name(), "fields": items(it.Query.Select)})
		case *soql.TypeOf:
			out = append(out, map[string]any{"typeof": it.Path.String(), "when": branches(it)})
		}
	}
	return out
}

func branches(t *soql.TypeOf) []any {
	var out []any
	for _, w := range t.When {
		out = append(out, map[string]any{"type": "WHEN", "object": w.Object, "fields": paths(w.Fields)})
	}
	if t.Else != nil {
		out = append(out, map[string]any{"type": "ELSE", "object": nil, "fields": paths(t.Else)})
	}
	return out
}

func paths(list []*soql.Path) []string {
	var out []string
	for _, p := range list {
		out = append(out, p.String())
	}
	return out
}

func condition(e soql.Expr) any {
	terms := func(list []soql.Expr) (out []any) {
		for _, t := range list {
			out = append(out, condition(t))
		}
		return out
	}
	switch e := e.(type) {
	case *soql.And:
		return map[string]any{"and": terms(e.Terms)}
	case *soql.Or:
		return map[string]any{"or": terms(e.Terms)}
	case *soql.Not:
		return map[string]any{"not": condition(e.X)}
	case *soql.Comparison:
		return comparison(e)
	}
	return nil
}

func comparison(c *soql.Comparison) map[string]any {
	out := map[string]any{"field": soql.Format(c.Left), "op": c.Op}
	switch r := c.Right.(type) {
	case *soql.SemiJoin:
		field := r.Query.Select[0].(*soql.Field)
		out["semijoin"] = map[string]any{"object": r.Query.From[0].Name(), "field": field.Path.String()}
	case *soql.List:
		var values, kinds, counts []any
		oneKind, counted := true, false
		for _, v := range r.Values {
			kind, n := kindOf(v)
			values, kinds, counts = append(values, soql.Format(v)), append(kinds, kind), append(counts, n)
			oneKind = oneKind && kind == kinds[0]
			counted = counted || n != nil
		}
		out["value"], out["type"] = values, any(kinds)
		if oneKind {
			out["type"] = kinds[0]
		}
		if counted {
			out["n"] = counts
		}
	case soql.Value:
		kind, n := kindOf(r)
		out["value"], out["type"] = literal(c), kind
		if n != nil {
			out["n"] = n
		}
	}
	return out
}

// literal prints the right side as it stands after this operator.
func literal(c *soql.Comparison) string {
	left := &soql.Comparison{Left: c.Left, Op: c.Op, Right: &soql.Number{}}
	return strings.TrimPrefix(soql.Format(c), soql.Format(left))
}

// canonical rewrites the facts, which keep literals as the text had them and
// are not of one mind on lists of one type.
func canonical(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = canonical(v[i])
		}
	case map[string]any:
		if value, ok := v["value"].(string); ok && v["type"] == "STRING" {
			if e, err := soql.ParseFilter("f " + v["op"].(string) + " " + value); err == nil {
				v["value"] = literal(e.(*soql.Comparison))
			}
			return v
		}
		if kinds, ok := v["type"].([]any); ok && len(slices.Compact(slices.Clone(kinds))) == 1 {
			v["type"] = kinds[0]
		}
		for k := range v {
			v[k] = canonical(v[k])
		}
	}
	return v
}

func kindOf(v soql.Value) (kind string, n any) {
	fraction := func(text, whole, fractional string) string {
		if strings.Contains(text, ".") {
			return fractional
		}
		return whole
	}
	switch v := v.(type) {
	case *soql.String:
		return "STRING", nil
	case *soql.Number:
		return fraction(v.Text, "INTEGER", "DECIMAL"), nil
	case *soql.Bool:
		return "BOOLEAN", nil
	case *soql.Null:
		return "NULL", nil
	case *soql.Date:
		return "DATE", nil
	case *soql.DateTime:
		return "DATETIME", nil
	case *soql.Currency:
		return fraction(v.Amount, "INTEGER_WITH_CURRENCY_PREFIX", "DECIMAL_WITH_CURRENCY_PREFIX"), nil
	case *soql.DateLiteral:
		if v.Counted() {
			return "DATE_N_LITERAL", v.N
		}
		return "DATE_LITERAL", nil
	}
	return soql.Format(v), nil
}
