package evidence

import (
	"cmp"
	"regexp"
	"slices"

	"gopkg.in/yaml.v3"
)

// Manual is a mapping by hand as a form fills it in. Its text (Text) is what Options.Map takes; a text with more in it
// than a form can show is not read as one (ReadManual).
type Manual struct {
	Name       string            // of the kind: own.gateway
	Title      string            // for people; "" as the name
	Carries    string            // Log or Table
	Object     string            // of a customer table
	Zone       string            // of times that name none: UTC, or local
	Dates      []string          // patterns of local times (strptime)
	Columns    []string          // all of the file, in their order: by them further files of the kind are recognised
	Fields     map[string]string // column -> event field, or field of the object; "" or absent: none, or the column's own name
	Categories map[string]string // column -> category of personal data; absent: as the program finds it, "": none
}

// EventFields lists what columns of a log can feed, the action left out: rules decide it.
func EventFields() []string {
	return slices.DeleteFunc(slices.Clone(eventFields), func(name string) bool { return name == "action" })
}

// Encodings lists the encodings that are told apart, by the names Options.Encoding takes.
func Encodings() []string {
	names := []string{utf8Charset.name}
	for _, c := range slices.Concat(wide, legacy) {
		names = append(names, c.name)
	}
	return names
}

// manualFile is the text of a Manual; its keys are those of assets/kinds.
type manualFile struct {
	Kinds      []manualKind     `yaml:"kinds"`
	Categories []manualCategory `yaml:"categories,omitempty"`
}

type manualKind struct {
	Name    string              `yaml:"name"`
	Title   string              `yaml:"title"`
	Carries string              `yaml:"carries"`
	Object  string              `yaml:"object,omitempty"`
	Zone    string              `yaml:"zone,omitempty"`
	Dates   []string            `yaml:"dates,omitempty"`
	Header  map[string][]string `yaml:"header"`
	Aliases map[string][]string `yaml:"aliases,omitempty"`
	Event   map[string]string   `yaml:"event,omitempty"`
}

type manualCategory struct {
	Category string   `yaml:"category"`
	Objects  string   `yaml:"objects"`
	Names    []string `yaml:"names"`
}

// Text is the mapping in the form of assets/kinds.
func (m Manual) Text() (string, error) {
	k := manualKind{Name: m.Name, Title: cmp.Or(m.Title, m.Name), Carries: m.Carries, Zone: m.Zone, Dates: m.Dates, Header: map[string][]string{"all": m.Columns}}
	file := manualFile{}
	if m.Carries == Table {
		k.Object, k.Aliases = m.Object, map[string][]string{}
		for _, column := range m.Columns {
			if field := m.Fields[column]; field != "" && field != column {
				k.Aliases[field] = append(k.Aliases[field], column)
			}
			if category, ok := m.Categories[column]; ok {
				file.Categories = append(file.Categories, manualCategory{category, exactly(m.Object), []string{exactly(customSuffix.ReplaceAllString(m.field(column), ""))}})
			}
		}
	} else {
		k.Event = map[string]string{"action": "other"}
		for _, column := range m.Columns {
			if field := m.Fields[column]; field != "" {
				k.Event[field] = column
			}
		}
	}
	file.Kinds = []manualKind{k}
	text, err := yaml.Marshal(file)
	return string(text), err
}

// field is what a column of a customer table is called from then on.
func (m Manual) field(column string) string {
	if f := m.Fields[column]; f != "" {
		return f
	}
	return column
}

func exactly(name string) string { return "^" + regexp.QuoteMeta(fold(name)) + "$" }

// ReadManual reads the text of a mapping back into a form; ok is false when a form cannot show all of it.
func ReadManual(text string) (m Manual, ok bool) {
	var file manualFile
	if yaml.Unmarshal([]byte(text), &file) != nil || len(file.Kinds) != 1 {
		return m, false
	}
	k := file.Kinds[0]
	m = Manual{Name: k.Name, Title: k.Title, Carries: k.Carries, Object: k.Object, Zone: k.Zone, Dates: k.Dates, Columns: k.Header["all"], Fields: map[string]string{}, Categories: map[string]string{}}
	for field, column := range k.Event {
		if field != "action" {
			m.Fields[column] = field
		}
	}
	for field, columns := range k.Aliases {
		for _, column := range columns {
			m.Fields[column] = field
		}
	}
	for _, column := range m.Columns {
		for _, c := range file.Categories {
			if slices.Contains(c.Names, exactly(customSuffix.ReplaceAllString(m.field(column), ""))) {
				m.Categories[column] = c.Category
			}
		}
	}
	again, err := m.Text()
	return m, err == nil && alike(text, again)
}

// alike compares two texts by what they say, whatever the order and layout.
func alike(a, b string) bool {
	var one, other any
	if yaml.Unmarshal([]byte(a), &one) != nil || yaml.Unmarshal([]byte(b), &other) != nil {
		return false
	}
	x, err1 := yaml.Marshal(one)
	y, err2 := yaml.Marshal(other)
	return err1 == nil && err2 == nil && string(x) == string(y)
}

// CategoryGuess is what a column seems to hold, and what tells it: "name" or "content".
type CategoryGuess struct {
	Category string `json:"category"`
	From     string `json:"from"`
}

// GuessCategories proposes the categories of the columns of an object's table; a column without one is left out.
func (c *Catalog) GuessCategories(object string, columns []string, rows [][]string) map[string]CategoryGuess {
	found := map[string]CategoryGuess{}
	for i, column := range columns {
		var values []string
		for _, row := range rows {
			if i < len(row) {
				values = append(values, row[i])
			}
		}
		if category, from := c.category(object, column, values); category != "" {
			found[column] = CategoryGuess{category, from}
		}
	}
	return found
}
