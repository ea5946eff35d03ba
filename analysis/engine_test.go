package analysis_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// overAll is an aggregate over all rows beside them. The engine (1.5.5) at times fails on one of a few rows, and then
// gives up the whole database (duckdb/duckdb#25713). A subquery says the same; row numbers are not concerned.
var overAll = regexp.MustCompile(`(?i)\b(\w+)\([^()]*\)(\s+FILTER\s*\([^()]*\))?\s+OVER\s*\(\s*\)`)

// TestNothingIsAggregatedOverAllRowsBesideThem reads every statement of the project.
func TestNothingIsAggregatedOverAllRowsBesideThem(t *testing.T) {
	if overAll.FindString("count(*) FILTER (now = '')\n OVER ()") == "" {
		t.Fatal("the pattern misses the statement it was made for")
	}
	files := 0
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".sql" && filepath.Ext(path) != ".go" || filepath.Base(path) == "engine_test.go" {
			return err
		}
		files++
		text, err := os.ReadFile(path)
		for _, found := range overAll.FindAllSubmatch(text, -1) {
			if string(found[1]) != "row_number" {
				t.Errorf("%s: %s", path, found[0])
			}
		}
		return err
	})
	if err != nil || files < 100 {
		t.Fatal(files, err)
	}
}
