package replay

import (
	"cmp"
	"context"
	"embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/breachscope/breachscope/analysis"
)

//go:embed sql
var statements embed.FS

// statement is the text of a file in folder sql.
func statement(name string) string {
	text, err := statements.ReadFile("sql/" + name + ".sql")
	if err != nil {
		panic(err) // a file of this package is missing: no program was built that way
	}
	return string(text)
}

// run executes the statements of a file one after the other; a line that ends in ';' ends a statement.
func run(ctx context.Context, db analysis.Engine, name string, args ...any) error {
	for _, s := range strings.Split(statement(name), ";\n") {
		if strings.TrimSpace(s) == "" {
			continue
		}
		if _, err := db.ExecContext(ctx, s, args...); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

// instant is a moment as SQL.
func instant(t time.Time) string {
	return "TIMESTAMP '" + t.UTC().Format("2006-01-02 15:04:05.999999") + "'"
}

// day is a calendar day as SQL.
func day(t time.Time) string { return "DATE '" + t.Format("2006-01-02") + "'" }

// and joins conditions; none at all is true.
func and(conditions ...string) string { return joined(conditions, " AND ", "true") }

// or joins conditions; none at all is false.
func or(conditions ...string) string { return joined(conditions, " OR ", "false") }

func joined(conditions []string, by, none string) string {
	conditions = slices.DeleteFunc(slices.Clone(conditions), func(c string) bool { return c == "" || c == none })
	switch len(conditions) {
	case 0:
		return none
	case 1:
		return conditions[0]
	}
	return "(" + strings.Join(conditions, by) + ")"
}
