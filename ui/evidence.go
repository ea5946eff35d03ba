package ui

import (
	"context"
	"errors"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
	"github.com/ncruces/zenity"

	"github.com/breachscope/breachscope/analysis/evidence"
	"github.com/breachscope/breachscope/app"
	"github.com/breachscope/breachscope/ui/grid"
	"github.com/breachscope/breachscope/ui/kit"
	"github.com/breachscope/breachscope/ui/words"
)

// evidencePage lists the files of the case with what became of every row, and when each source speaks.
func (w *Window) evidencePage() fyne.CanvasObject {
	s := w.summary
	remark := strings.Join([]string{words.N("%s rows read", s.Read), words.N("%s loaded", s.Loaded), words.N("%s duplicate", s.Duplicate), words.N("%s rejected", s.Rejected)}, " · ")
	head := w.head(words.T("Evidence"), remark, nil, kit.Secondary("folder", words.T("Add a folder"), w.addFolder), kit.Primary("import", words.T("Add files"), w.addEvidence))
	page := kit.Column(kit.Gap, head)
	if s.Unknown > 0 {
		page.Add(banner(kit.Amber, "alert", words.N("%s files were not recognised. They are kept in the register, but nothing of them is in the lists.", s.Unknown), nil))
	}
	detail := hint(words.T("Choose a file to see where its rows went."))
	list := w.evidenceGrid(detail)
	top := kit.Row([]float32{71, 29}, kit.Panel(words.T("Files"), words.T("drop more files or folders on the window"), kit.Least(10, 150, list)), kit.Panel(words.T("File"), "", detail))
	page.Add(kit.Split([]float32{1, 0}, top, w.coveragePanel()))
	return page
}

func (w *Window) evidenceGrid(detail *fyne.Container) *grid.Grid {
	rows := &grid.Rows[app.Evidence]{Cells: w.evidenceCells}
	list := grid.New([]grid.Column{
		{Key: "name", Title: words.T("File"), Width: 120, Grow: true}, {Key: "kind", Title: words.T("Kind"), Width: 92, Grow: true},
		{Key: "state", Title: words.T("State"), Width: 84, Look: grid.Pill, Tone: tone, Show: func(s string) string { return words.Of("state", s) }},
		{Key: "read", Title: words.T("Read"), Width: 56, Look: grid.Number}, {Key: "loaded", Title: words.T("Loaded"), Width: 56, Look: grid.Number},
		{Key: "duplicate", Title: words.T("Duplicate"), Width: 62, Look: grid.Number}, {Key: "rejected", Title: words.T("Rejected"), Width: 60, Look: grid.Number, Tone: alarm},
		{Key: "first", Title: words.T("Period"), Width: 106},
	}, rows)
	list.OnSort = func(key string, down bool) { sortEvidence(rows.All, key, down); list.Refresh() }
	list.OnSelect = func(row int64) {
		if f, ok := rows.At(row); ok {
			fill(detail, w.fileDetail(f))
		}
	}
	w.copies(list)
	w.list = list
	fetch(w.ctx, w, w.c.Evidence, func(files []app.Evidence) {
		rows.All, list.Empty = files, words.T("No evidence yet. Drop files or folders here.")
		list.Reset()
		if len(files) > 0 {
			list.Select(worst(files), false)
		}
	})
	return list
}

// worst is the file to look at first: one that was not recognised, else the one with the most rejected rows.
func worst(files []app.Evidence) (row int64) {
	for i, f := range files {
		if f.State == evidence.Unrecognised {
			return int64(i)
		}
		if f.Rejected > files[row].Rejected {
			row = int64(i)
		}
	}
	return row
}

// alarm colours a number that should be nothing.
func alarm(cell string) kit.Tone {
	if cell == "0" || cell == "" {
		return kit.Neutral
	}
	return kit.Red
}

func (w *Window) evidenceCells(f app.Evidence) []string {
	kind := shortKind(f.Kind)
	if f.Object != "" {
		kind = words.F("table %s", f.Object)
	}
	n := func(v int64) string { return words.Number(v) }
	return []string{path.Base(f.Name), kind, f.State, n(f.Read), n(f.Loaded), n(f.Duplicate), n(f.Rejected), w.period(f.First, f.Last)}
}

// period is from which day to which day.
func (w *Window) period(from, to time.Time) string {
	if from.IsZero() {
		return ""
	}
	return w.format(from, "01-02") + " – " + w.format(to, "01-02")
}

func blank(s string) string {
	if s == "–" {
		return ""
	}
	return s
}

func sortEvidence(files []app.Evidence, key string, down bool) {
	slices.SortStableFunc(files, func(a, b app.Evidence) int {
		c := map[string]int{"name": strings.Compare(a.Name, b.Name), "kind": strings.Compare(a.Kind+a.Object, b.Kind+b.Object),
			"state": strings.Compare(a.State, b.State), "read": int(a.Read - b.Read), "loaded": int(a.Loaded - b.Loaded),
			"duplicate": int(a.Duplicate - b.Duplicate), "rejected": int(a.Rejected - b.Rejected), "first": a.First.Compare(b.First)}[key]
		if down {
			return -c
		}
		return c
	})
}

// fileDetail shows everything known of a file, and its rejected rows.
func (w *Window) fileDetail(f app.Evidence) fyne.CanvasObject {
	facts := kit.Facts(92,
		kit.Fact{Name: words.T("File"), Value: f.Name}, kit.Fact{Name: words.T("Kind"), Value: f.Kind},
		kit.Fact{Name: words.T("Note"), Value: words.Say(f.Note)}, kit.Fact{Name: words.T("Size"), Value: words.Bytes(f.Bytes)},
		kit.Fact{Name: words.T("Encoding"), Value: listedNonEmpty(f.Encoding, words.Say(f.Dialect), words.Say(f.Timezone))},
		kit.Fact{Name: words.T("Replaced"), Value: replaced(f.Replaced)},
		kit.Fact{Name: words.T("Organisation"), Value: f.Organisation}, kit.Fact{Name: words.T("Exported at"), Value: blank(w.minute(f.Taken))},
		kit.Fact{Name: words.T("From"), Value: blank(w.moment(f.First))}, kit.Fact{Name: words.T("To"), Value: blank(w.moment(f.Last))},
		kit.Fact{Name: words.T("Sum"), Value: words.F("%s read = %s loaded + %s duplicate + %s rejected", words.Number(f.Read), words.Number(f.Loaded), words.Number(f.Duplicate), words.Number(f.Rejected))},
		kit.Fact{Name: "SHA-256", Value: f.SHA256})
	if f.State == evidence.Unrecognised {
		choose := kit.Secondary("edit", words.T("Map by hand"), func() { w.mapUnrecognised(f) })
		return container.NewBorder(kit.Pad(kit.Line(0, choose), 0, 6, 0, 0), nil, nil, nil, scrolled(facts))
	}
	if f.Rejected == 0 {
		return scrolled(facts)
	}
	return kit.Split([]float32{1, 1}, kit.Least(10, 120, scrolled(facts)), w.rejectGrid(f))
}

// mapUnrecognised maps the file where it still lies, or asks where it lies now.
func (w *Window) mapUnrecognised(f app.Evidence) {
	if info, err := os.Stat(f.Source); err == nil && info.Mode().IsRegular() && info.Size() == f.Bytes {
		w.mapByHand(f.Source)
		return
	}
	w.chooseFiles(words.T("The file to map"), func(paths []string) { w.mapByHand(paths[0]) })
}

// showParagraph shows a text at its whole length.
func (w *Window) showParagraph(title, text string) {
	w.tell(title, kit.Least(560, 120, scrolled(kit.Value(text))))
}

func replaced(n int64) string {
	if n == 0 {
		return ""
	}
	return words.N("%s characters could not be decoded", n)
}

func listedNonEmpty(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
}

func (w *Window) addEvidence() {
	if !zenity.IsAvailable() { // the toolkit's dialog gives one file at a time
		w.importPaths(nil)
		return
	}
	w.chooseFiles(words.T("Add evidence"), w.importPaths)
}

func (w *Window) addFolder() {
	w.chooseFolder(words.T("Add evidence"), func(path string) { w.importPaths([]string{path}) })
}

// importPaths asks for the little that files cannot say themselves, and imports them in one step. The paths can be typed:
// where the system has no dialog of its own for files, that is the quickest way.
func (w *Window) importPaths(paths []string) {
	list := kit.Lines()
	list.SetPlaceHolder(words.T("files and folders, one a line"))
	list.SetText(strings.Join(paths, "\n"))
	list.SetMinRowsVisible(4)
	list.Validator = func(s string) error { return missing(typedPaths(s)) }
	taken := kit.Field()
	taken.SetPlaceHolder(words.T("2025-10-24 18:00, empty when not known"))
	taken.Validator = func(s string) error { _, err := w.typedTime(s); return err }
	password := kit.Secret()
	password.SetPlaceHolder(words.T("only for protected archives"))
	items := []*widget.FormItem{
		widget.NewFormItem(words.T("Evidence"), list),
		widget.NewFormItem(words.T("Customer tables exported at"), taken),
		widget.NewFormItem(words.T("Password"), password),
	}
	var focus fyne.Focusable
	if len(paths) == 0 {
		focus = list
	}
	w.fillIn(words.T("Add evidence"), words.T("Import"), 680, items, focus, func() {
		if at, err := w.typedTime(taken.Text); err == nil {
			w.Import(typedPaths(list.Text), evidence.Options{SnapshotAt: at, Password: password.Text})
		}
	})
}

// typedPaths are the lines of a text, without quotes as a file manager copies them.
func typedPaths(text string) (paths []string) {
	for line := range strings.Lines(text) {
		if p := strings.Trim(strings.TrimSpace(line), `"'`); p != "" {
			paths = append(paths, p)
		}
	}
	return paths
}

// missing is an error that names the first path where nothing lies; nil when there are paths and all are there.
func missing(paths []string) error {
	if len(paths) == 0 {
		return errors.New(words.T("name a file or a folder"))
	}
	for _, p := range paths {
		if _, err := os.Stat(p); err != nil {
			return errors.New(words.F("there is no %s", path.Base(p)))
		}
	}
	return nil
}

// typedTime reads a time as it is typed, in the case's zone; the empty text is no time.
func (w *Window) typedTime(s string) (time.Time, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return time.Time{}, nil
	}
	var err error
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02"} {
		var t time.Time
		if t, err = time.ParseInLocation(layout, s, w.zone); err == nil {
			return t, nil
		}
	}
	return time.Time{}, &app.Problem{What: words.F("%q is no time", s), Do: words.T("write it as 2025-10-24 18:00"), Cause: err}
}

// Import brings files and folders into the case, with progress and a way to stop.
func (w *Window) Import(paths []string, o evidence.Options) {
	var added app.Added
	w.run(words.T("Importing evidence"), func(ctx context.Context, p progressFunc) (err error) {
		added, err = w.c.Add(ctx, paths, o, p)
		return err
	}, func() {
		w.at = visit{page: "evidence"}
		w.refresh(func() { w.note(words.N("%s files added", int64(len(added.Files)))) })
	}, nil)
}
