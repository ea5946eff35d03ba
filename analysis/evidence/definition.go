package evidence

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"time"
)

// A saved definition larger than this is none.
const largestDefinition = 64 << 20

// definitionJSON enters the describe document of a report or list view. done is false for any other JSON.
func (a *addition) definitionJSON(ctx context.Context, f *File, s *staged) (done bool, err error) {
	info, err := os.Stat(s.path)
	if err != nil || info.Size() > largestDefinition {
		return false, err
	}
	body, err := os.ReadFile(s.path)
	if err != nil {
		return false, err
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(body, &members) != nil {
		return false, nil
	}
	if inner, ok := members["result"]; ok && json.Unmarshal(inner, &members) == nil {
		body = inner
	}
	switch {
	case members["reportMetadata"] != nil:
		return true, a.reportJSON(ctx, f, body)
	case members["sobjectType"] != nil && (members["query"] != nil || members["whereCondition"] != nil || members["columns"] != nil):
		return true, a.listViewJSON(ctx, f, body)
	}
	if why := unused(members); why != "" {
		f.unrecognised(why)
		return true, nil
	}
	return false, nil
}

// unused says of documents that are known why nothing is taken from them.
func unused(members map[string]json.RawMessage) string {
	var name string
	switch {
	case members["fields"] != nil && (members["childRelationships"] != nil || members["keyPrefix"] != nil):
		if json.Unmarshal(members["name"], &name) != nil {
			name = "an object"
		}
		return "it describes the fields of " + name + ", which is not used: types and lookups are taken from the tables; add the rows"
	case members["sobjects"] != nil && members["maxBatchSize"] != nil:
		return "it lists the objects of an organisation, which is not used; add their rows"
	case members["listviews"] != nil:
		return "it lists list views without their filters, which is not used; add the describe document of each"
	}
	return ""
}

func (a *addition) reportJSON(ctx context.Context, f *File, body []byte) error {
	var d struct {
		ReportMetadata struct {
			ID, Name, DeveloperName string
			LastModifiedDate        string
			ReportType              struct{ Type string }
		}
	}
	if err := json.Unmarshal(body, &d); err != nil {
		return &Damaged{f.Name, err.Error()}
	}
	m := d.ReportMetadata
	return a.define(ctx, f, "salesforce.report", "report", m.ID, m.ReportType.Type, orText(m.Name, m.DeveloperName), m.LastModifiedDate, string(body))
}

func (a *addition) listViewJSON(ctx context.Context, f *File, body []byte) error {
	var d struct{ ID, DeveloperName, Label, SobjectType, LastModifiedDate string }
	if err := json.Unmarshal(body, &d); err != nil {
		return &Damaged{f.Name, err.Error()}
	}
	return a.define(ctx, f, "salesforce.listview", "listview", d.ID, d.SobjectType, orText(d.Label, d.DeveloperName), d.LastModifiedDate, string(body))
}

func orText(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// define keeps a definition, under the 18 characters of its id.
func (a *addition) define(ctx context.Context, f *File, kind, carrier, id, object, name, modified, body string) error {
	f.Kind, f.Object, f.State = kind, "", Defined
	if id == "" {
		f.note("the definition names no id; it is found by its name alone")
	}
	at, _ := time.Parse(time.RFC3339, strings.Replace(modified, "+0000", "Z", 1))
	_, err := a.db.ExecContext(ctx, `INSERT INTO evidence.definition (file, carrier, definition_id, object, name, modified_at, body)
		VALUES (?, ?, id18(?), ?, ?, ?, ?)`, f.ID, carrier, id, object, name, moment(at), body)
	return err
}
