package evidence_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/breachscope/breachscope/analysis/evidence"
)

// TestSamples loads the real samples: every file must be recognised, except those that are no evidence.
func TestSamples(t *testing.T) {
	b := newBench(t)
	for _, f := range b.mustAdd(evidence.Options{Timezone: "Asia/Seoul"}, shared(t, "samples")) {
		t.Log(f.Name, f.Kind, f.Object, f.Organisation, f.Encoding, "|", f.Dialect, "|", f.Timezone, f.Read, f.Loaded, f.Duplicate, f.Rejected, f.Replaced, f.First, f.Note)
		if strings.HasPrefix(filepath.Base(f.Name), "Salesforce.") && f.State == evidence.Unrecognised {
			t.Errorf("%s was not recognised", f.Name)
		}
	}
	for _, r := range b.query("SELECT name, line, reason, left(text, 200) FROM evidence.reject r JOIN evidence.file f ON f.id = r.file") {
		t.Log(r)
	}
}
