package ui

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/breachscope/breachscope/analysis/evidence"
	"github.com/breachscope/breachscope/app"
	"github.com/breachscope/breachscope/ui/kit"
	"github.com/breachscope/breachscope/ui/words"
)

// mappingView is the form in which a file of no known kind is mapped by hand: every column with its first values, and
// what it holds. Experts can edit the mapping as text, which can say more than the form.
type mappingView struct {
	w       *Window
	path    string
	preview app.Preview
	m       evidence.Manual
	typed   *kit.Entry // the mapping as text; nil while the form is shown
	body    *fyne.Container
	options evidence.Options // encoding, delimiter, zone and order of dates as chosen
}

// mapByHand shows what a file looks like and lets a mapping be made for it, beginning with a guess.
func (w *Window) mapByHand(path string) {
	fetch(w.ctx, w, func(ctx context.Context) (app.Preview, error) { return w.c.Look(ctx, path, evidence.Options{}) }, func(p app.Preview) {
		v := &mappingView{w: w, path: path, preview: p, body: container.NewStack()}
		v.take(p.Guess.Kind)
		v.open()
	})
}

// take shows a mapping in the form where the form can show all of it, as text otherwise.
func (v *mappingView) take(text string) {
	if text == "" { // nothing to guess: it is recognised, or holds nothing
		v.m = evidence.Manual{Name: "own." + strings.TrimSuffix(filepath.Base(v.path), filepath.Ext(v.path)), Carries: evidence.Log, Fields: map[string]string{}, Categories: map[string]string{}}
	} else if m, ok := evidence.ReadManual(text); ok {
		v.m = m
	} else {
		v.write(text)
		return
	}
	v.typed, v.m.Columns = nil, v.preview.Columns
	v.show()
}

// write shows the mapping as text.
func (v *mappingView) write(text string) {
	v.typed = kit.Lines()
	v.typed.SetText(text)
	v.typed.TextStyle.Monospace = true
	fill(v.body, v.typed)
}

// text is the mapping as Options.Map takes it.
func (v *mappingView) text() (string, error) {
	if v.typed != nil {
		return v.typed.Text, nil
	}
	return v.m.Text()
}

func (v *mappingView) open() {
	known := words.T("Its kind is not known. Say what each column holds; what is filled in already is a guess.")
	if v.preview.Kind != "" {
		known = words.F("It is recognised as %s; a mapping by hand is not needed.", v.preview.Kind)
	}
	tools := kit.Line(14, kit.Link(words.T("form or text"), v.turn), kit.Link(words.T("read a saved mapping"), v.load), kit.Link(words.T("save the mapping"), v.save))
	head := container.NewBorder(nil, nil, nil, tools, kit.Fit(0, kit.Small(known)))
	body := container.NewBorder(kit.Pad(head, 0, 6, 0, 0), nil, nil, nil, v.body)
	v.w.confirm(words.F("Map by hand: %s", filepath.Base(v.path)), words.T("Import with this mapping"), body, v.importIt).Resize(fyne.NewSize(980, 660))
}

// turn goes from the form to the text and back.
func (v *mappingView) turn() {
	text, err := v.text()
	switch {
	case err != nil:
		v.w.fail(err)
	case v.typed == nil:
		v.write(text)
	default:
		if v.take(text); v.typed != nil {
			v.w.fail(&app.Problem{What: words.T("the form cannot show all that this text says"), Do: words.T("go on in the text, or take out what the form does not know")})
		}
	}
}

func (v *mappingView) importIt() {
	text, err := v.text()
	if err != nil {
		v.w.fail(err)
		return
	}
	v.options.Map = text
	v.w.Import([]string{v.path}, v.options)
}

// show draws the form.
func (v *mappingView) show() {
	lines := kit.Stack(6)
	for i, column := range v.m.Columns {
		lines.Add(v.column(i, column))
		lines.Add(kit.Hairline())
	}
	if len(v.m.Columns) == 0 {
		lines.Add(kit.Small(words.T("No row could be read from it.")))
	}
	fill(v.body, container.NewBorder(v.manner(), nil, nil, nil, scrolled(lines)))
}

// column is one line of the form: name and first values left, what it holds right.
func (v *mappingView) column(i int, column string) fyne.CanvasObject {
	left := kit.Stack(1, kit.Fit(0, kit.Strong(column)), kit.Fit(0, kit.Small(v.firstValues(i))))
	if v.m.Carries == evidence.Table {
		return kit.Row([]float32{46, 27, 27}, left, v.fieldEntry(column), v.categoryChoice(column))
	}
	reason := ""
	if why, ok := strings.CutPrefix(v.preview.Guess.Reasons[v.m.Fields[column]], column+": "); ok {
		reason = words.Say(why)
	}
	return kit.Row([]float32{46, 27, 27}, left, v.eventChoice(column), kit.Fit(0, kit.Small(reason)))
}

// firstValues are the first different values of a column, masked like a log line.
func (v *mappingView) firstValues(i int) string {
	var values []string
	for _, row := range v.preview.Rows {
		if i >= len(row) || row[i] == "" || len(values) == 3 {
			continue
		}
		cell := firstOf(v.w.cell(app.Cell{Column: v.m.Columns[i], Value: row[i]}, v.m.Carries == evidence.Table), 40)
		if !slices.Contains(values, cell) {
			values = append(values, cell)
		}
	}
	return strings.Join(values, " · ")
}

// eventChoice asks which field of an event a column feeds; a field is fed by one column.
func (v *mappingView) eventChoice(column string) fyne.CanvasObject {
	fields := append([]string{""}, evidence.EventFields()...)
	choice := choose(fields, v.m.Fields[column], func(field string) string { return words.Of("field", field) })
	choice.OnChanged = func(string) {
		field := fields[choice.SelectedIndex()]
		for other, taken := range v.m.Fields {
			if taken == field {
				delete(v.m.Fields, other)
			}
		}
		v.m.Fields[column] = field
		v.show()
	}
	return kit.Chooser(choice)
}

// fieldEntry asks what a column is called in the CRM's own queries.
func (v *mappingView) fieldEntry(column string) fyne.CanvasObject {
	e := kit.Field()
	e.SetPlaceHolder(column)
	e.SetText(v.m.Fields[column])
	e.OnChanged = func(s string) { v.m.Fields[column] = strings.TrimSpace(s) }
	return e
}

// asFound stands for the category the program finds by itself.
const asFound = "*"

// categoryChoice asks which personal data a column of a customer table holds.
func (v *mappingView) categoryChoice(column string) fyne.CanvasObject {
	held := v.preview.Guess.Held[column]
	codes := append([]string{asFound, ""}, categories...)
	now := asFound
	if c, ok := v.m.Categories[column]; ok {
		now = c
	}
	choice := choose(codes, now, func(code string) string {
		switch code {
		case "":
			return words.T("nothing personal")
		case asFound:
			return words.F("as found: %s", listedNonEmpty(orElse(words.Of("category", held.Category), words.T("nothing personal")), words.Of("from", held.From)))
		}
		return words.Of("category", code)
	})
	choice.OnChanged = func(string) {
		code := codes[choice.SelectedIndex()]
		if v.m.Categories[column] = code; code == asFound {
			delete(v.m.Categories, column)
		}
	}
	return kit.Chooser(choice)
}

// categories of personal data, by the codes of the law tables.
var categories = []string{"name", "contact", "postal_address", "birth_gender_nationality", "customer_id", "purchase_profile", "location_online", "free_text",
	"government_id", "financial", "credentials", "health", "biometric", "genetic_race_criminal_belief", "children"}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// choose is a list of codes shown in words.
func choose(codes []string, now string, show func(string) string) *kit.Choice {
	labels := make([]string, len(codes))
	for i, code := range codes {
		labels[i] = show(code)
	}
	s := kit.NewChoice(labels)
	s.SetSelectedIndex(max(0, slices.Index(codes, now)))
	return s
}

// manner asks what the file is and how its text and times are to be read.
func (v *mappingView) manner() fyne.CanvasObject {
	carries := []string{evidence.Log, evidence.Table}
	what := choose(carries, v.m.Carries, func(code string) string { return words.Of("carries", code) })
	what.OnChanged = func(string) {
		v.m.Carries, v.m.Fields = carries[what.SelectedIndex()], map[string]string{}
		v.show()
	}
	name := kit.Field()
	if v.m.Carries == evidence.Table {
		name.SetPlaceHolder("Contact")
		name.SetText(v.m.Object)
		name.OnChanged = func(s string) { v.m.Object = strings.TrimSpace(s) }
	} else {
		name.SetText(strings.TrimPrefix(v.m.Name, "own."))
		name.OnChanged = func(s string) { v.m.Title, v.m.Name = strings.TrimSpace(s), "own."+strings.TrimSpace(s) }
	}
	titled := func(title string, o fyne.CanvasObject) fyne.CanvasObject {
		return kit.Stack(1, kit.Fit(0, kit.Small(title)), o)
	}
	nameTitle := words.T("Name of this kind")
	if v.m.Carries == evidence.Table {
		nameTitle = words.T("Object in the CRM")
	}
	first := kit.Row([]float32{1, 1, 1, 1, 1, 1}, titled(words.T("What it is"), kit.Chooser(what)), titled(nameTitle, name), titled(words.F("Encoding (%s)", listedNonEmpty(v.preview.Encoding, words.Say(v.preview.Dialect))), v.encodingChoice()),
		titled(words.T("Between its fields"), v.delimiterChoice()), titled(words.T("Zone of its times"), v.zoneEntry()), titled(words.T("Dates"), v.datesChoice()))
	second := kit.Fit(0, kit.Caption(words.T("Column and first values; which field it feeds; why it is thought so")))
	if v.m.Carries == evidence.Table {
		second = kit.Fit(0, kit.Caption(words.T("Column and first values; its name in the CRM's queries; the personal data it holds")))
	}
	return kit.Pad(kit.Stack(8, first, second), 0, 6, 0, 0)
}

// encodingChoice reads the file again in another encoding.
func (v *mappingView) encodingChoice() fyne.CanvasObject {
	codes := append([]string{""}, evidence.Encodings()...)
	choice := choose(codes, v.options.Encoding, func(code string) string { return orElse(code, words.T("as found")) })
	choice.OnChanged = func(string) {
		v.options.Encoding = codes[choice.SelectedIndex()]
		v.again()
	}
	return kit.Chooser(choice)
}

// delimiterChoice reads the file again with another character between its fields.
func (v *mappingView) delimiterChoice() fyne.CanvasObject {
	codes := []string{"", ",", ";", "tab", "|", "^", "~"}
	choice := choose(codes, v.options.Delimiter, func(code string) string { return orElse(code, words.T("as found")) })
	choice.OnChanged = func(string) {
		v.options.Delimiter = codes[choice.SelectedIndex()]
		v.again()
	}
	return kit.Chooser(choice)
}

// again looks at the file with the options as they are now.
func (v *mappingView) again() {
	fetch(v.w.ctx, v.w, func(ctx context.Context) (app.Preview, error) { return v.w.c.Look(ctx, v.path, v.options) }, func(p app.Preview) {
		v.preview = p
		v.take(p.Guess.Kind)
	})
}

func (v *mappingView) zoneEntry() fyne.CanvasObject {
	zone := kit.NewSuggested(zones)
	zone.SetPlaceHolder(v.w.info.Timezone)
	zone.SetText(v.options.Timezone)
	zone.OnChanged = func(s string) { v.options.Timezone = strings.TrimSpace(s) }
	return zone
}

// datesChoice asks for the order of day and month, or a pattern of the file's own.
func (v *mappingView) datesChoice() fyne.CanvasObject {
	orders := map[string]string{words.T("day before month"): "day-first", words.T("month before day"): "month-first"}
	e := kit.NewSuggested([]string{words.T("day before month"), words.T("month before day"), "%d.%m.%Y %H:%M", "%Y%m%d%H%M%S"})
	e.SetPlaceHolder(words.T("as found"))
	e.SetText(strings.Join(v.m.Dates, ";"))
	for label, code := range orders {
		if code == v.options.Dates {
			e.SetText(label)
		}
	}
	e.OnChanged = func(s string) {
		v.options.Dates, v.m.Dates = orders[s], nil
		if s = strings.TrimSpace(s); s != "" && v.options.Dates == "" {
			v.m.Dates = []string{s}
		}
	}
	return e
}

// load takes a mapping that was saved before.
func (v *mappingView) load() {
	v.w.chooseFiles(words.T("read a saved mapping"), func(paths []string) {
		data, err := os.ReadFile(paths[0])
		if err != nil {
			v.w.fail(err)
			return
		}
		v.take(string(data))
	})
}

// save writes the mapping into a file, so that it can be used for other cases.
func (v *mappingView) save() {
	text, err := v.text()
	if err != nil {
		v.w.fail(err)
		return
	}
	v.w.chooseTarget(words.T("save the mapping"), fileName(strings.TrimPrefix(v.m.Name, "own."))+".yaml", func(path string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			v.w.fail(err)
			return
		}
		v.w.note(words.F("Saved as %s.", filepath.Base(path)))
	})
}
