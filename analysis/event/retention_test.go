package event_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/event"
	"github.com/breachscope/breachscope/analysis/evidence"
	"github.com/breachscope/breachscope/app/casefile"
	"github.com/breachscope/breachscope/assets"
)

// derived is the answer of a query in a case with these files, its rows joined by newlines and columns by spaces.
func derived(t *testing.T, files map[string]string, query string) string {
	t.Helper()
	catalog, err := evidence.LoadCatalog(assets.Folder("kinds"))
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for name, text := range files {
		path := filepath.Join(folder, name)
		os.MkdirAll(filepath.Dir(path), 0o700)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, err := casefile.Create(t.Context(), filepath.Join(t.TempDir(), "case"+casefile.Extension), casefile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	var said string
	err = c.Write(t.Context(), func(tx *sql.Tx) error {
		if _, err := evidence.Add(t.Context(), tx, catalog, c.Staging(), []string{folder}, evidence.Options{}, nil); err != nil {
			return err
		}
		if err := event.Derive(t.Context(), tx, catalog, analysis.Settings{}, nil); err != nil {
			return err
		}
		return tx.QueryRowContext(t.Context(), "SELECT coalesce(string_agg(said, chr(10) ORDER BY said), '') FROM ("+query+") q(said)").Scan(&said)
	})
	if err != nil {
		t.Fatal(err)
	}
	return said
}

// TestRetention: what lies further back than a source keeps its rows, while others tell of sessions then, is a gap, except
// as far as another source shows the same; a source that holds more than it usually keeps has no such limit.
func TestRetention(t *testing.T) {
	elf := func(kind string, days ...string) string {
		text := "EVENT_TYPE,TIMESTAMP_DERIVED,ORGANIZATION_ID,USER_ID,URI,QUERY\n"
		for _, d := range days {
			text += fmt.Sprintf("%s,%sT10:00:00Z,00D5g000001abcd,0055g00000KWzIk,/services/data/v60.0/query,SELECT Id FROM Contact\n", kind, d)
		}
		return text
	}
	history := "Id,UserId,LoginTime,LoginType,SourceIp,Status\n0Ya5g000001abcdEAA,0055g00000KWzIkAAN,2025-08-01T10:00:00Z,Application,203.0.113.7,Success\n"
	events := "EventIdentifier,EventDate,UserId,Username,Query,QueriedEntities,RowsProcessed\ne1,2025-09-10T10:00:00Z,0055g00000KWzIkAAN,a@x.kr,SELECT Id FROM Contact,Contact,5\n"
	const gaps = `SELECT rtrim(concat_ws(' ', kind, strftime(from_at, '%m-%d %H'), strftime(to_at, '%m-%d %H'), covered_by)) FROM evidence.gap WHERE contains(note, 'keeps') ORDER BY ALL`
	for _, c := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"nothing is known from before", map[string]string{"RestApi.csv": elf("RestApi", "2025-10-01", "2025-10-20")}, ""},
		{"sessions from before", map[string]string{"RestApi.csv": elf("RestApi", "2025-10-01", "2025-10-20"), "h.csv": history},
			"salesforce.elf.RestApi 08-01 10 09-20 10"},
		{"another source from some day on", map[string]string{"RestApi.csv": elf("RestApi", "2025-10-01", "2025-10-20"), "h.csv": history, "ApiEvent.csv": events},
			"salesforce.elf.RestApi 08-01 10 09-10 10\nsalesforce.elf.RestApi 09-10 10 09-20 10 salesforce.rtem.ApiEvent"},
		{"kept for a year", map[string]string{"RestApi.csv": elf("RestApi", "2025-08-10", "2025-10-20"), "h.csv": history}, ""},
	} {
		if got := derived(t, c.files, gaps); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
	got := derived(t, map[string]string{"RestApi.csv": elf("RestApi", "2025-10-01", "2025-10-20"), "Report.csv": elf("Report", "2025-08-01")},
		"SELECT concat_ws(' ', kind, keeps, strftime(holds_from, '%m-%d')) FROM evidence.source ORDER BY ALL")
	if want := "salesforce.elf.Report 30\nsalesforce.elf.RestApi 30 09-20"; got != want {
		t.Errorf("sources:\n%s\nwant\n%s", got, want)
	}
}
