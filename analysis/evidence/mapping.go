package evidence

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/breachscope/breachscope/analysis"
)

// Fields of analysis.event a mapping may feed. user and username name who acted, delegate and delegate_name the one who
// acted in their place (log in as); records are ids named in the row, separated by ';'.
var eventFields = []string{"at", "action", "user", "username", "delegate", "delegate_name", "address", "forwarded", "agent", "app",
	"app_name", "login", "token", "request", "job", "status", "object", "record", "text", "target", "rows", "columns", "bytes",
	"mfa", "method", "tls"}

// Actions a row can be, as in analysis.event.
var actions = []string{"login", "failed", "loginas", "logout", "query", "report", "listview", "search", "record", "file", "bulk",
	"describe", "page", "setup", "alert", "other"}

// Mapping says which columns of a raw table feed which field of an event.
type Mapping struct {
	Fields map[string]Sources // by name of the event field
	Rules  []Rule             // the first whose conditions all hold decides the action; else Action
	Action string
}

// Sources of one event field: the first that is not empty counts.
type Sources []Source

// Source is a column, a part of one, or a constant.
type Source struct {
	Column  string            `yaml:"column,omitempty"`
	Value   string            `yaml:"value,omitempty"`   // a constant
	JSON    string            `yaml:"json,omitempty"`    // path inside a column that holds JSON: $.a.b
	Match   string            `yaml:"match,omitempty"`   // regular expression; its first group, or the whole match
	Map     map[string]string `yaml:"map,omitempty"`     // translation of values; others stay
	IDs     bool              `yaml:"ids,omitempty"`     // every CRM id in the text, separated by ';'
	Decode  bool              `yaml:"decode,omitempty"`  // percent-decoding of what was matched
	Unquote bool              `yaml:"unquote,omitempty"` // literal quotation marks around the value fall
	Without string            `yaml:"without,omitempty"` // regular expression of values that count as empty
}

// Rule gives rows of some content another action.
type Rule struct {
	When   []Condition `yaml:"when,omitempty"`
	Action string      `yaml:"action,omitempty"`
}

// Condition holds for a row; of its parts all that are given must. A column the file lacks counts as empty.
type Condition struct {
	Column string   `yaml:"column,omitempty"`
	In     []string `yaml:"in,omitempty"`
	Not    []string `yaml:"not,omitempty"`
	Match  string   `yaml:"match,omitempty"` // regular expression, found anywhere
	Empty  *bool    `yaml:"empty,omitempty"`
}

// UnmarshalYAML reads a column's name or a map.
func (s *Source) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		s.Column = node.Value
		return nil
	}
	type plain Source
	return node.Decode((*plain)(s))
}

// UnmarshalYAML reads one source or a list of them.
func (s *Sources) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind != yaml.SequenceNode {
		*s = make(Sources, 1)
		return node.Decode(&(*s)[0])
	}
	type plain Sources
	return node.Decode((*plain)(s))
}

// UnmarshalYAML reads event fields beside action and rules.
func (m *Mapping) UnmarshalYAML(node *yaml.Node) error {
	m.Fields = map[string]Sources{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i].Value, node.Content[i+1]
		var err error
		switch key {
		case "action":
			err = value.Decode(&m.Action)
		case "rules":
			err = value.Decode(&m.Rules)
		default:
			var sources Sources
			if err = value.Decode(&sources); err == nil {
				m.Fields[key] = sources
			}
		}
		if err != nil {
			return fmt.Errorf("event field %s: %w", key, err)
		}
	}
	return nil
}

// MarshalYAML writes a source as it is read: a column's name, or a map.
func (s Source) MarshalYAML() (any, error) {
	type plain Source
	if alone := (Source{Column: s.Column}); s.Column != "" && reflect.DeepEqual(s, alone) {
		return s.Column, nil
	}
	return plain(s), nil
}

// MarshalYAML writes event fields beside action and rules.
func (m Mapping) MarshalYAML() (any, error) {
	written := map[string]any{}
	for field, sources := range m.Fields {
		written[field] = sources
		if len(sources) == 1 {
			written[field] = sources[0]
		}
	}
	if m.Action != "" {
		written["action"] = m.Action
	}
	if len(m.Rules) > 0 {
		written["rules"] = m.Rules
	}
	return written, nil
}

// over lays m over the mapping it inherits from. Rules are not inherited once a kind has an action or rules of its own.
func (m Mapping) over(base Mapping) Mapping {
	fields := maps.Clone(base.Fields)
	if fields == nil {
		fields = map[string]Sources{}
	}
	maps.Copy(fields, m.Fields)
	if m.Action == "" && m.Rules == nil {
		m.Action, m.Rules = base.Action, base.Rules
	}
	if m.Action == "" {
		m.Action = base.Action
	}
	m.Fields = fields
	return m
}

func (m Mapping) check() error {
	for field, sources := range m.Fields {
		if !slices.Contains(eventFields, field) {
			return fmt.Errorf("there is no event field %q", field)
		}
		for _, s := range sources {
			if _, err := regexp.Compile(s.Match); err != nil {
				return err
			}
		}
	}
	named := []string{m.Action}
	for _, r := range m.Rules {
		named = append(named, r.Action)
		for _, c := range r.When {
			if _, err := regexp.Compile(c.Match); err != nil {
				return err
			}
		}
	}
	for _, a := range named {
		if a != "" && !slices.Contains(actions, a) {
			return fmt.Errorf("there is no action %q", a)
		}
	}
	return nil
}

// Columns are the columns a raw table has.
type Columns []string

// find returns a column as the table spells it.
func (c Columns) find(name string) (string, bool) {
	for _, own := range c {
		if strings.EqualFold(own, name) {
			return own, true
		}
	}
	return "", false
}

// vain are the columns that the mapping reads and a file does not have.
func (m Mapping) vain(columns Columns) (list []string) {
	look := func(name string) {
		if _, is := columns.find(name); !is && name != "" && !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	for _, field := range slices.Sorted(maps.Keys(m.Fields)) {
		for _, s := range m.Fields[field] {
			look(s.Column)
		}
	}
	for _, r := range m.Rules {
		for _, c := range r.When {
			look(c.Column)
		}
	}
	return list
}

// SQL is the expression of an event field over the raw table, NULL when no source of it is there. It is text, except
// for action, which is never NULL. The time of a row stands ready in "utc" and needs no expression.
func (m Mapping) SQL(field string, columns Columns) string {
	if field == "action" {
		return m.action(columns)
	}
	return m.Fields[field].SQL(columns)
}

// SQL is the first of the sources that is not empty, NULL when none of their columns is there.
func (s Sources) SQL(columns Columns) string {
	var parts []string
	for _, source := range s {
		if part := source.sql(columns); part != "" {
			parts = append(parts, part)
		}
	}
	switch len(parts) {
	case 0:
		return "NULL"
	case 1:
		return parts[0]
	}
	return "coalesce(" + strings.Join(parts, ", ") + ")"
}

// Ids inside a longer text: three characters of prefix, three of the instance, a reserved zero, then the number.
const idPattern = `\b[a-zA-Z0-9]{6}0[a-zA-Z0-9]{8}(?:[A-Z0-5]{3})?\b`

func (s Source) sql(columns Columns) string {
	if s.Column == "" {
		return analysis.Literal(s.Value)
	}
	own, ok := columns.find(s.Column)
	if !ok {
		return ""
	}
	text := analysis.Quote(own)
	if s.JSON != "" {
		text = "json_extract_string(CASE WHEN json_valid(" + text + ") THEN " + text + " END, " + analysis.Literal(s.JSON) + ")"
	}
	if s.Unquote {
		text = "trim(" + text + ", '\"')"
	}
	if s.Match != "" {
		text = fmt.Sprintf("regexp_extract(%s, %s, %d)", text, analysis.Literal(s.Match), min(1, regexp.MustCompile(s.Match).NumSubexp()))
	}
	if s.Decode {
		text = "url_decode(replace(" + text + ", '+', ' '))"
	}
	if s.IDs {
		// of 15 characters all are ids, of 18 those whose check characters are right
		text = "array_to_string(list_distinct(list_transform(list_filter(regexp_extract_all(" + text + ", " + analysis.Literal(idPattern) +
			"), lambda x: CASE length(x) WHEN 15 THEN true ELSE is_id(x) END), lambda x: id18(x))), ';')"
	}
	if len(s.Map) > 0 {
		text = s.translate(text)
	}
	if s.Without != "" {
		text = "CASE WHEN NOT regexp_matches(" + text + ", " + analysis.Literal(s.Without) + ") THEN " + text + " END"
	}
	return "nullif(" + text + ", '')"
}

func (s Source) translate(text string) string {
	var b strings.Builder
	b.WriteString("CASE " + text)
	for _, from := range slices.Sorted(maps.Keys(s.Map)) {
		b.WriteString(" WHEN " + analysis.Literal(from) + " THEN " + analysis.Literal(s.Map[from]))
	}
	return b.String() + " ELSE " + text + " END"
}

func (m Mapping) action(columns Columns) string {
	otherwise := analysis.Literal(m.Action)
	if m.Action == "" {
		otherwise = "'other'"
	}
	var b strings.Builder
	for _, r := range m.Rules {
		b.WriteString(" WHEN " + r.sql(columns) + " THEN " + analysis.Literal(r.Action))
	}
	if b.Len() == 0 {
		return otherwise
	}
	return "CASE" + b.String() + " ELSE " + otherwise + " END"
}

func (r Rule) sql(columns Columns) string {
	var all []string
	for _, c := range r.When {
		text := "''"
		if own, ok := columns.find(c.Column); ok {
			text = "coalesce(" + analysis.Quote(own) + ", '')"
		}
		if c.In != nil {
			all = append(all, text+" IN "+literals(c.In))
		}
		if c.Not != nil {
			all = append(all, text+" NOT IN "+literals(c.Not))
		}
		if c.Match != "" {
			all = append(all, "regexp_matches("+text+", "+analysis.Literal(c.Match)+")")
		}
		if c.Empty != nil {
			all = append(all, fmt.Sprintf("(%s = '') = %t", text, *c.Empty))
		}
	}
	if len(all) == 0 {
		return "TRUE"
	}
	return strings.Join(all, " AND ")
}

func literals(values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = analysis.Literal(v)
	}
	return "(" + strings.Join(quoted, ", ") + ")"
}
