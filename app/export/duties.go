package export

import (
	"context"

	"github.com/breachscope/breachscope/analysis"
)

// duties is the sheet of what laws demand on these facts.
func (w *writer) duties(_ context.Context, _ analysis.Engine, book *workbook) error {
	g := book.page("Duties")
	g.title("Duties")
	g.lead("No legal advice: a table of published rules held against the facts of the case.")
	return g.err
}
