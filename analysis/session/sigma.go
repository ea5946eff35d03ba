package session

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/assets"
)

// sigmaRule is what is read of a Sigma rule (https://sigmahq.io): searches over fields and a condition that joins them.
type sigmaRule struct {
	Title     string
	ID        string
	Level     string
	Logsource struct{ Product, Service string }
	Detection map[string]yaml.Node
	Tags      []string
}

// sigmaProduct says which kinds of evidence a product's rules speak of, and what its fields are called here.
type sigmaProduct struct {
	Kinds    []string
	Fields   map[string]string
	Services map[string]sigmaProduct // logs of the product that have fields of their own, by service of the logsource
}

var sigmaProducts = sync.OnceValues(func() (products map[string]sigmaProduct, err error) {
	data, err := fs.ReadFile(assets.Folder("rules"), path.Join("sigma", "fields.yaml"))
	if err != nil {
		return nil, err
	}
	return products, yaml.Unmarshal(data, &products)
})

// weights of Sigma's levels.
var sigmaWeights = map[string]float64{"informational": 1, "low": 4, "medium": 10, "high": 18, "critical": 30}

func isSigma(data []byte) bool {
	var r struct {
		Detection yaml.Node
		Logsource yaml.Node
	}
	return yaml.Unmarshal(data, &r) == nil && !r.Detection.IsZero() && !r.Logsource.IsZero()
}

// untranslated is a Sigma rule that has no full counterpart here.
type untranslated struct{ title, why string }

func (u *untranslated) Error() string { return fmt.Sprintf("rule %q (Sigma): %s", u.title, u.why) }

// readSigma translates the Sigma rules of a file into rules over log rows. One that has no full counterpart here is
// *untranslated, which names what it lacks.
func readSigma(data []byte) ([]Rule, error) {
	var s sigmaRule
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	if err := decoder.Decode(&s); err != nil {
		return nil, err
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, &untranslated{s.Title, "the file holds more than one document"}
	}
	products, err := sigmaProducts()
	if err != nil {
		return nil, err
	}
	product, known := products[s.Logsource.Product]
	if !known {
		return nil, &untranslated{s.Title, fmt.Sprintf("it is about %q, of which no log is read here", s.Logsource.Product)}
	}
	if product.Services != nil {
		if product, known = product.Services[s.Logsource.Service]; !known {
			return nil, &untranslated{s.Title, fmt.Sprintf("it is about the service %q of %s, of which no log is read here", s.Logsource.Service, s.Logsource.Product)}
		}
	}
	condition, err := s.condition(product)
	if err != nil {
		return nil, &untranslated{s.Title, err.Error()}
	}
	if _, counted := s.Detection["timeframe"]; counted {
		return nil, &untranslated{s.Title, "it counts over a time frame"}
	}
	if s.ID == "" {
		s.ID = s.Title
	}
	if _, known := sigmaWeights[s.Level]; !known { // the level is optional
		s.Level = "medium"
	}
	return []Rule{s.rule(product, condition)}, nil
}

func (s sigmaRule) rule(product sigmaProduct, condition string) Rule {
	var kinds []string
	for _, k := range product.Kinds {
		kinds = append(kinds, "starts_with(kind, "+analysis.Literal(k)+")")
	}
	words := strings.NewReplacer("{", "(", "}", ")").Replace(s.Title)
	return Rule{ID: "sigma:" + s.ID, Severity: s.Level, Weight: sigmaWeights[s.Level], Event: "(" + strings.Join(kinds, " OR ") + ") AND (" + condition + ")",
		Words: map[string]string{"en": words, "ko": words}, References: s.Tags}
}

var sigmaToken = regexp.MustCompile(`\(|\)|[^\s()]+`)

// condition puts the searches together: names, "1 of x*", "all of them", and, or, not and parentheses.
func (s sigmaRule) condition(product sigmaProduct) (string, error) {
	node := s.Detection["condition"]
	if node.Kind != yaml.ScalarNode || strings.Contains(node.Value, "|") {
		return "", fmt.Errorf("its condition is no plain combination of searches")
	}
	var b strings.Builder
	tokens := sigmaToken.FindAllString(node.Value, -1)
	for i := 0; i < len(tokens); i++ {
		switch t := tokens[i]; {
		case t == "(" || t == ")":
			b.WriteString(t)
		case slices.Contains([]string{"and", "or", "not"}, strings.ToLower(t)):
			b.WriteString(" " + strings.ToUpper(t) + " ")
		case (t == "1" || t == "any" || t == "all") && i+2 < len(tokens) && tokens[i+1] == "of":
			all, err := s.several(product, tokens[i+2], t == "all")
			if err != nil {
				return "", err
			}
			b.WriteString(all)
			i += 2
		default:
			one, err := s.search(product, t)
			if err != nil {
				return "", err
			}
			b.WriteString(one)
		}
	}
	return b.String(), nil
}

func (s sigmaRule) several(product sigmaProduct, pattern string, all bool) (string, error) {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(s.Detection)) {
		if matched, _ := path.Match(pattern, name); name == "condition" || name == "timeframe" || (pattern != "them" && !matched) {
			continue
		}
		part, err := s.search(product, name)
		if err != nil {
			return "", err
		}
		parts = append(parts, part)
	}
	if len(parts) == 0 {
		return "", fmt.Errorf("no search is called %s", pattern)
	}
	joint := " OR "
	if all {
		joint = " AND "
	}
	return "(" + strings.Join(parts, joint) + ")", nil
}

// search is one named search: a map whose fields all have to match, or a list of which one has to.
func (s sigmaRule) search(product sigmaProduct, name string) (string, error) {
	node, known := s.Detection[name]
	if !known {
		return "", fmt.Errorf("no search is called %s", name)
	}
	return searchSQL(product, &node)
}

func searchSQL(product sigmaProduct, node *yaml.Node) (string, error) {
	var parts []string
	switch node.Kind {
	case yaml.SequenceNode:
		for _, item := range node.Content {
			part, err := searchSQL(product, item)
			if err != nil {
				return "", err
			}
			parts = append(parts, part)
		}
		return "(" + strings.Join(parts, " OR ") + ")", nil
	case yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			part, err := fieldSQL(product, node.Content[i].Value, node.Content[i+1])
			if err != nil {
				return "", err
			}
			parts = append(parts, part)
		}
		return "(" + strings.Join(parts, " AND ") + ")", nil
	}
	return "", fmt.Errorf("key words without a field are not searched for")
}

// fieldSQL compares a field, with its modifiers, to one value or several.
func fieldSQL(product sigmaProduct, key string, value *yaml.Node) (string, error) {
	modifiers := strings.Split(key, "|")
	column, known := product.Fields[modifiers[0]]
	if !known {
		return "", fmt.Errorf("its field %s has no counterpart", modifiers[0])
	}
	values, joint := []*yaml.Node{value}, " OR "
	if value.Kind == yaml.SequenceNode {
		values = value.Content
	}
	if slices.Contains(modifiers, "all") {
		joint = " AND "
	}
	var parts []string
	for _, v := range values {
		part, err := valueSQL(column, modifiers[1:], v)
		if err != nil {
			return "", err
		}
		parts = append(parts, part)
	}
	return "(" + strings.Join(parts, joint) + ")", nil
}

func valueSQL(column string, modifiers []string, value *yaml.Node) (string, error) {
	text := "lower(coalesce((" + column + ")::VARCHAR, ''))"
	if value.Tag == "!!null" {
		return text + " = ''", nil
	}
	want := analysis.Literal(strings.ToLower(value.Value))
	for _, m := range modifiers {
		switch m {
		case "all":
		case "contains", "startswith", "endswith":
			function := map[string]string{"contains": "contains", "startswith": "starts_with", "endswith": "ends_with"}[m]
			return function + "(" + text + ", " + want + ")", nil
		case "re":
			return "regexp_matches(coalesce((" + column + ")::VARCHAR, ''), " + analysis.Literal(value.Value) + ")", nil
		case "gt", "gte", "lt", "lte":
			if _, err := strconv.ParseFloat(value.Value, 64); err != nil {
				return "", fmt.Errorf("%s is no number", value.Value)
			}
			sign := map[string]string{"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}[m]
			return "coalesce(TRY_CAST(" + column + " AS DOUBLE) " + sign + " " + value.Value + ", false)", nil
		default:
			return "", fmt.Errorf("the modifier %s is not known", m)
		}
	}
	if strings.ContainsAny(value.Value, "*?") {
		return text + " GLOB " + want, nil
	}
	return text + " = " + want, nil
}
