package session

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/assets"
)

// Rule says what makes a session suspicious, and by how much. The form of its file is told in assets/rules/README.md.
type Rule struct {
	ID         string            `yaml:"id" json:"id"`
	Severity   string            `yaml:"severity" json:"severity"`           // low, medium, high, critical
	Weight     float64           `yaml:"weight" json:"weight"`               // added to the score of a session it fires for
	When       string            `yaml:"when" json:"when,omitempty"`         // SQL condition over the columns of analysis.trait
	Event      string            `yaml:"event" json:"event,omitempty"`       // or: SQL condition over a log row of the session
	AtLeast    int               `yaml:"at_least" json:"at_least,omitempty"` // rows of that sort it takes; 0 means 1
	Words      map[string]string `yaml:"words" json:"words"`                 // by language; {…} holds an expression over the trait
	Lines      string            `yaml:"lines" json:"lines,omitempty"`       // expression over the trait that gives the log rows which show it
	References []string          `yaml:"references" json:"references,omitempty"`
}

// Refused is a rule that is not loaded: half a rule would accuse the wrong sessions.
type Refused struct {
	File string `json:"file"`
	Why  string `json:"why"` // names the rule and what of it has no counterpart here
}

// LoadRules reads the *.yaml of the folders, the embedded ones first; a later rule of the same id takes the place of an
// earlier one, and weight 0 silences it. A Sigma rule that cannot be translated (see sigma.go) is an error.
func LoadRules(folders ...fs.FS) (rules []Rule, err error) {
	for _, folder := range append([]fs.FS{assets.Folder("rules")}, folders...) {
		read, refused, err := ReadRules(folder)
		if err != nil {
			return nil, err
		}
		if len(refused) > 0 {
			return nil, fmt.Errorf("reading rules from %s: %s", refused[0].File, refused[0].Why)
		}
		rules = Overlay(rules, read)
	}
	return rules, nil
}

// Overlay puts rules over others: one of the same id takes its place, the rest is added.
func Overlay(rules, over []Rule) []Rule {
	rules = slices.Clone(rules)
	for _, r := range over {
		if i := slices.IndexFunc(rules, func(known Rule) bool { return known.ID == r.ID }); i >= 0 {
			rules[i] = r
		} else {
			rules = append(rules, r)
		}
	}
	return rules
}

// ReadRules reads the *.yaml and *.yml of one folder. Sigma rules that have no full counterpart here are refused by name;
// a mistake in a rule of our own form is an error.
func ReadRules(folder fs.FS) (rules []Rule, refused []Refused, err error) {
	for _, pattern := range []string{"*.yaml", "*.yml"} {
		names, err := fs.Glob(folder, pattern)
		if err != nil {
			return nil, nil, fmt.Errorf("listing rules: %w", err)
		}
		for _, name := range names {
			read, err := readRules(folder, name)
			var foreign *untranslated
			if errors.As(err, &foreign) {
				refused = append(refused, Refused{name, err.Error()})
				continue
			}
			if err != nil {
				return nil, nil, fmt.Errorf("reading rules from %s: %w", name, err)
			}
			rules = Overlay(rules, read)
		}
	}
	return rules, refused, nil
}

func readRules(folder fs.FS, name string) ([]Rule, error) {
	data, err := fs.ReadFile(folder, name)
	if err != nil {
		return nil, err
	}
	if isSigma(data) {
		return readSigma(data)
	}
	var file struct{ Rules []Rule }
	decoder := yaml.NewDecoder(strings.NewReader(string(data)))
	decoder.KnownFields(true)
	if err := decoder.Decode(&file); err != nil {
		return nil, err
	}
	for _, r := range file.Rules {
		if err := r.check(); err != nil {
			return nil, err
		}
	}
	return file.Rules, nil
}

func (r Rule) check() error {
	switch {
	case r.ID == "":
		return fmt.Errorf("a rule has no id")
	case (r.When == "") == (r.Event == ""):
		return fmt.Errorf("rule %s needs either when or event", r.ID)
	case r.Words["en"] == "":
		return fmt.Errorf("rule %s has no words in English", r.ID)
	case r.Weight < 0 || r.Weight > 100:
		return fmt.Errorf("rule %s: a weight lies between 0 and 100", r.ID)
	}
	return nil
}

// judge fills analysis.finding, one statement per rule, and each session's score and reasons from it.
func judge(ctx context.Context, db analysis.Engine, rules []Rule) error {
	rules = slices.DeleteFunc(slices.Clone(rules), func(r Rule) bool { return r.Weight == 0 })
	conditions := []string{"false"}
	for _, r := range rules {
		if err := permitted(ctx, db, r); err != nil {
			return fmt.Errorf("rule %s: %w", r.ID, err)
		}
		if r.When != "" {
			conditions = append(conditions, "("+r.When+")")
		}
	}
	fired := "CREATE OR REPLACE TEMP TABLE fired AS SELECT session FROM analysis.trait WHERE " + strings.Join(conditions, " OR ")
	if _, err := db.ExecContext(ctx, fired); err != nil {
		return err
	}
	if err := run(ctx, db, "proof"); err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, "DELETE FROM analysis.finding"); err != nil {
		return err
	}
	for _, r := range rules {
		if _, err := db.ExecContext(ctx, r.sql(), r.ID, r.Weight); err != nil {
			return fmt.Errorf("rule %s: %w", r.ID, err)
		}
	}
	return run(ctx, db, "score")
}

// sql is the statement that writes a rule's findings.
func (r Rule) sql() string {
	en, ko := speak(r.Words["en"]), speak(r.Words["ko"])
	if r.Event == "" {
		lines := r.Lines
		if lines == "" {
			lines = "ev_first"
		}
		return fmt.Sprintf("INSERT INTO analysis.finding SELECT session, $1, $2, %s, %s AS lines, %s, started_at FROM analysis.trait JOIN analysis.proof USING (session) WHERE %s",
			en, lines, ko, r.When)
	}
	return fmt.Sprintf(`INSERT INTO analysis.finding SELECT session, $1, $2, %s, m.ids, %s, m.fired FROM analysis.trait JOIN (
		SELECT x.session AS s, arg_min(x.event, x.event, 20) AS ids, min("at") AS fired FROM analysis.attribution x JOIN analysis.log_row l ON l.id = x.event
		WHERE x.certain AND (%s) GROUP BY x.session HAVING count(*) >= %d) m ON m.s = session`, en, ko, r.Event, max(r.AtLeast, 1))
}

var placeholder = regexp.MustCompile(`\{[^{}]+\}`)

// speak is the SQL of a sentence: what stands in braces is an expression, num(x) writes a number with its thousands.
func speak(words string) string {
	var parts []string
	last := 0
	for _, at := range placeholder.FindAllStringIndex(words, -1) {
		parts = append(parts, analysis.Literal(words[last:at[0]]), "coalesce(nullif(("+words[at[0]+1:at[1]-1]+")::VARCHAR, ''), '?')")
		last = at[1]
	}
	return strings.Join(append(parts, analysis.Literal(words[last:])), " || ")
}

// forbidden functions reach outside the rows of the case or change the engine's state.
var forbidden = regexp.MustCompile(`(?i)"function_name":"(read_|parquet_|sniff_|glob|query|enable_|disable_|getenv|pragma_|duckdb_|write_|checkpoint|force_|truncate_|set_|nextval|load)`)

// permitted lets only expressions through: what a rule's file says becomes part of a statement.
func permitted(ctx context.Context, db analysis.Engine, r Rule) error {
	for _, expression := range append([]string{r.When, r.Event, r.Lines}, expressions(r)...) {
		if expression == "" {
			continue
		}
		var tree string
		if err := db.QueryRowContext(ctx, "SELECT json_serialize_sql($1::VARCHAR)::VARCHAR", "SELECT ("+expression+")").Scan(&tree); err != nil {
			return fmt.Errorf("reading %q: %w", expression, err)
		}
		if strings.HasPrefix(tree, `{"error":true`) || strings.Count(tree, `"type":"SELECT_NODE"`) != 1 || forbidden.MatchString(tree) {
			return fmt.Errorf("%q is no plain condition", expression)
		}
	}
	return nil
}

func expressions(r Rule) (list []string) {
	for _, words := range r.Words {
		for _, e := range placeholder.FindAllString(words, -1) {
			list = append(list, e[1:len(e)-1])
		}
	}
	return list
}
