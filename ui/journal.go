package ui

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/breachscope/breachscope/app"
	"github.com/breachscope/breachscope/ui/grid"
	"github.com/breachscope/breachscope/ui/kit"
	"github.com/breachscope/breachscope/ui/words"
)

// journalPage lists every step taken on the case, newest first.
func (w *Window) journalPage() fyne.CanvasObject {
	detail := hint(words.T("Choose a step."))
	rows := &grid.Rows[app.Entry]{Cells: func(e app.Entry) []string {
		return []string{strconv.FormatInt(e.Seq, 10), w.moment(e.At), e.Action, brief(e.Arguments), e.Actor}
	}}
	list := grid.New([]grid.Column{{Title: words.T("No."), Width: 50, Look: grid.Number}, {Title: words.T("Time"), Width: 146},
		{Title: words.T("Step"), Width: 120, Show: func(s string) string { return words.Of("journal", s) }}, {Title: words.T("What exactly"), Width: 240, Grow: true}, {Title: words.T("By"), Width: 110}}, rows)
	list.OnSelect = func(row int64) {
		if e, ok := rows.At(row); ok {
			fill(detail, scrolled(w.entryFacts(e)))
		}
	}
	w.copies(list)
	fetch(w.ctx, w, func(ctx context.Context) ([]app.Entry, error) { return w.c.Journal(ctx) }, func(entries []app.Entry) {
		slices.Reverse(entries)
		rows.All = entries
		list.Reset()
		list.Select(0, false)
	})
	head := w.head(words.T("Journal"), words.T("every step, each bound to the one before by its hash"), nil, kit.Secondary("undo", words.T("Undo the last verdict"), w.undo))
	return kit.Column(kit.Gap, head, kit.Row([]float32{66, 34}, kit.Panel(words.T("Steps"), "", list), kit.Panel(words.T("Step"), "", detail)))
}

func (w *Window) entryFacts(e app.Entry) fyne.CanvasObject {
	var full bytes.Buffer
	if err := json.Indent(&full, e.Arguments, "", "  "); err != nil {
		full.Write(e.Arguments)
	}
	return kit.Stack(8, kit.Facts(92, kit.Fact{Name: words.T("Step"), Value: words.Of("journal", e.Action)}, kit.Fact{Name: words.T("Time"), Value: w.moment(e.At)},
		kit.Fact{Name: words.T("By"), Value: e.Actor}, kit.Fact{Name: words.T("Previous"), Value: e.Previous}, kit.Fact{Name: words.T("Hash"), Value: e.Hash}),
		kit.Hairline(), kit.Value(full.String()))
}

// brief says in one line what a step was told: its plain values, and of lists how long they are.
func brief(arguments []byte) string {
	var value any
	if json.Unmarshal(arguments, &value) != nil {
		return string(arguments)
	}
	return strings.Join(plain("", value), " · ")
}

func plain(name string, value any) (parts []string) {
	switch v := value.(type) {
	case map[string]any:
		keys := make([]string, 0, len(v))
		for key := range v {
			keys = append(keys, key)
		}
		slices.Sort(keys)
		for _, key := range keys {
			parts = append(parts, plain(key, v[key])...)
		}
	case []any:
		parts = append(parts, fmt.Sprintf("%s: %d", name, len(v)))
	case nil:
	default:
		if s := fmt.Sprint(v); s != "" {
			parts = append(parts, name+": "+s)
		}
	}
	return parts
}
