package evidence_test

import (
	"encoding/json"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/breachscope/breachscope/analysis/evidence"
)

// TestIncident loads a whole invented incident and compares every file of the register with the truth.
func TestIncident(t *testing.T) {
	folder := shared(t, "incident")
	data, err := os.ReadFile(filepath.Join(folder, "truth.json"))
	if err != nil {
		t.Fatal(err)
	}
	var truth struct {
		Files []struct {
			File, SHA256 string
			Good         int64      `json:"rows_good"`
			Malformed    int64      `json:"rows_malformed"`
			Headers      int64      `json:"header_repeats"`
			Duplicate    int64      `json:"rows_duplicate"`
			First        *time.Time `json:"first_at"`
			Last         *time.Time `json:"last_at"`
		}
	}
	if err := json.Unmarshal(data, &truth); err != nil {
		t.Fatal(err)
	}
	b := newBench(t)
	files := map[string]evidence.File{}
	var duplicates, want int64
	for _, f := range b.mustAdd(evidence.Options{}, filepath.Join(folder, "evidence")) {
		files[f.Name] = f
		duplicates += f.Duplicate
		if f.State == evidence.Unrecognised {
			t.Errorf("%s was not recognised: %s", f.Name, f.Note)
		}
	}
	for _, w := range truth.Files {
		f, ok := files[w.File]
		want += w.Duplicate
		if !ok {
			t.Errorf("%s is not in the register", w.File)
			continue
		}
		if f.SHA256 != w.SHA256 {
			t.Errorf("%s has another hash", w.File)
		}
		if strings.HasPrefix(f.Kind, "salesforce.report") || strings.HasPrefix(f.Kind, "salesforce.listview") {
			continue
		}
		if f.Read-f.Rejected != w.Good || f.Rejected != w.Malformed+w.Headers {
			t.Errorf("%s: read %d rejected %d, want %d and %d", w.File, f.Read, f.Rejected, w.Good+w.Malformed, w.Malformed)
		}
		if w.First != nil && (!f.First.Equal(*w.First) || !f.Last.Equal(*w.Last)) {
			t.Errorf("%s: from %s to %s, want %s to %s", w.File, f.First, f.Last, w.First, w.Last)
		}
		t.Log(path.Base(f.Name), f.Kind, f.Object, f.Organisation, f.Encoding, f.Dialect, f.Timezone, f.Read, f.Loaded, f.Duplicate, f.Rejected, f.Taken.Format(time.RFC3339), f.Note)
	}
	if duplicates != want {
		t.Errorf("%d duplicates, want %d", duplicates, want)
	}
	for _, row := range b.query("FROM snapshot.object") {
		t.Log(row)
	}
	for _, row := range b.query("SELECT object, field, type, reference, relationship, category, category_from, filled FROM snapshot.field ORDER BY object, position") {
		t.Log(row)
	}
}
