package analysis_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/breachscope/breachscope"

// steps of the analysis, each of which may know only those before it.
var steps = []string{"evidence", "event", "session", "replay", "scope", "person", "duty"}

type listed struct {
	ImportPath string
	Imports    []string
}

// TestImportsRunOneWay walks the import graph: cmd -> ui -> app -> analysis, and inside analysis down the steps.
func TestImportsRunOneWay(t *testing.T) {
	for _, p := range packages(t) {
		from := strings.TrimPrefix(p.ImportPath, module+"/")
		for _, to := range p.Imports {
			if why := forbidden(from, to); why != "" {
				t.Errorf("%s imports %s: %s", from, to, why)
			}
		}
	}
}

// The rules themselves must be able to fail.
func TestForbiddenArrowsAreNoticed(t *testing.T) {
	for _, arrow := range [][2]string{
		{"analysis/session", module + "/app"}, {"analysis", module + "/ui"}, {"app", module + "/ui"}, {"ui", "github.com/duckdb/duckdb-go/v2"},
		{"app", "fyne.io/fyne/v2"}, {"analysis/session", module + "/analysis/replay"}, {"analysis/soql", module + "/analysis"},
		{"ui/grid", "database/sql"}, {"app/export", "fyne.io/fyne/v2/canvas"}, {"assets", module + "/analysis"},
		{"cmd/breachscope-cli", module + "/ui"},
	} {
		if forbidden(arrow[0], arrow[1]) == "" {
			t.Errorf("%s may import %s", arrow[0], arrow[1])
		}
	}
	if why := forbidden("analysis/replay", module+"/analysis/soql"); why != "" {
		t.Errorf("replay may not import soql: %s", why)
	}
}

// forbidden says why from may not import to, or "".
func forbidden(from, to string) string {
	own, inside := strings.CutPrefix(to, module+"/")
	room, _, _ := strings.Cut(from, "/")
	target, _, _ := strings.Cut(own, "/")
	switch {
	case strings.HasPrefix(to, "fyne.io/") && room != "ui" && from != "cmd/breachscope":
		return "only ui may know Fyne"
	case (strings.Contains(to, "duckdb") || to == "database/sql") && room == "ui":
		return "ui sees neither SQL nor DuckDB"
	case !inside:
		return ""
	case from == "analysis/soql" || from == "assets":
		return "it imports nothing of ours"
	case room == "analysis" && target != "analysis" && target != "assets":
		return "analysis knows only itself"
	case room == "app" && (target == "ui" || target == "cmd"), room == "ui" && target == "cmd", from == "cmd/breachscope-cli" && target == "ui":
		return "imports run cmd -> ui -> app -> analysis"
	}
	return againstTheSteps(from, own)
}

func againstTheSteps(from, to string) string {
	here, there := slices.Index(steps, step(from)), slices.Index(steps, step(to))
	if here >= 0 && there > here {
		return "an earlier step of the analysis may not know a later one"
	}
	return ""
}

// step is the step of the analysis a package belongs to: analysis/evidence/x -> evidence.
func step(path string) string {
	parts := strings.Split(path, "/")
	if len(parts) < 2 || parts[0] != "analysis" {
		return ""
	}
	return parts[1]
}

func packages(t *testing.T) (list []listed) {
	t.Helper()
	out, err := exec.Command("go", "list", "-e", "-json=ImportPath,Imports", module+"/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
}
