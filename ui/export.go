package ui

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/app"
	"github.com/breachscope/breachscope/ui/kit"
	"github.com/breachscope/breachscope/ui/words"
)

// exportPage asks where and why, and shows beforehand what will be in it.
func (w *Window) exportPage() fyne.CanvasObject {
	folder, reason := kit.Field(), kit.Field()
	folder.SetText(w.freshFolder())
	reason.SetPlaceHolder(words.T("e.g. report to the authority on 12 January"))
	browse := kit.Secondary("folder", words.T("Choose"), func() {
		w.chooseFolder(words.T("Export to"), func(path string) { folder.SetText(filepath.Join(path, w.folderName())) })
	})
	label := func(s string) fyne.CanvasObject { return kit.Note(words.T(s)) }
	o := &app.ExportOptions{}
	form := kit.Stack(6, label("Folder; it must not exist yet"), container.NewBorder(nil, nil, nil, browse, folder), kit.Space(1, 4),
		label("Who receives it, and what for (required); stands in the journal and the manifest"), reason, kit.Space(1, 4), w.additions(o), kit.Space(1, 4),
		kit.Line(0, kit.Primary("export", words.T("Export"), func() {
			o.Reason = strings.TrimSpace(reason.Text)
			w.Export(folder.Text, *o)
		})), kit.Space(1, 6), kit.Hairline(), kit.Space(1, 4), w.exportFiles())
	head := w.head(words.T("Export"), words.T("workbook, lists, journal, and a signed manifest by which others can check them"), nil)
	page := kit.Column(kit.Gap, head)
	if !w.summary.Scoped && w.summary.Sessions[string(analysis.Attacker)] > 0 {
		page.Add(banner(kit.Amber, "alert", words.T("The lists are out of date; the export replays the queries first."), nil))
	}
	page.Add(kit.Row([]float32{58, 42}, kit.Panel(words.T("Destination"), "", form), kit.Panel(words.T("What will be in it"), words.T("as of now"), scrolled(w.preview()))))
	return page
}

// additions are what an export can hold besides, and the password of a packed copy; they are kept in o.
func (w *Window) additions(o *app.ExportOptions) fyne.CanvasObject {
	check := func(text string, on *bool) fyne.CanvasObject {
		return kit.NewCheck(words.T(text), func(yes bool) { *on = yes })
	}
	password := kit.Secret()
	password.SetPlaceHolder(words.T("no packed copy"))
	password.OnChanged = func(s string) { o.Password = s }
	recipients, open := kit.Field(), kit.Secret()
	recipients.SetPlaceHolder("age1…, age1…")
	recipients.OnChanged = func(s string) {
		o.Recipients = strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(", ;\n", r) })
	}
	open.SetPlaceHolder(words.T("none"))
	open.OnChanged = func(s string) { o.OpenPassword = s }
	return kit.Stack(6, kit.Small(words.T("Besides")), kit.Stack(0, check("a workbook per country", &o.Countries), check("notification file", &o.Notification), check("briefing and drafts of notices", &o.Briefing)),
		kit.Note(words.T("Password of a further copy, packed for transport (zip, AES-256)")), password,
		kit.Note(words.T("Or age keys of those who may open a packed copy")), recipients,
		kit.Note(words.T("Password to open the workbooks (weak)")), open)
}

func (w *Window) folderName() string {
	return fileName(w.info.Name) + " " + time.Now().Format("2006-01-02")
}

// freshFolder lies beside the case and does not exist yet.
func (w *Window) freshFolder() string {
	base := filepath.Join(filepath.Dir(w.info.Path), w.folderName())
	path := base
	for i := 2; exists(path); i++ {
		path = base + " " + words.Number(int64(i))
	}
	return path
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// exportFiles says what each file is for.
func (w *Window) exportFiles() fyne.CanvasObject {
	return kit.Facts(200,
		kit.Fact{Name: "breachscope-report.xlsx", Value: words.T("the workbook: summary, people, records, queries, method")},
		kit.Fact{Name: "affected-people.csv", Value: words.T("one line a person, for notification")},
		kit.Fact{Name: "affected-records.csv", Value: words.T("one line a record, with grade and fields")},
		kit.Fact{Name: "sessions.csv, queries.csv", Value: words.T("what the lists rest on")},
		kit.Fact{Name: "evidence.csv", Value: words.T("every file with its hash and row counts")},
		kit.Fact{Name: "journal.jsonl", Value: words.T("every step taken, as a hash chain")},
		kit.Fact{Name: "manifest.json", Value: words.T("hash of every file, signed")})
}

// preview counts what the export will hold.
func (w *Window) preview() fyne.CanvasObject {
	s := w.summary
	line := func(name string, n int64, t kit.Tone) fyne.CanvasObject {
		return container.NewBorder(nil, nil, kit.Line(8, kit.Dot(t), kit.Body(words.T(name))), kit.Line(0, kit.Strong(words.Number(n))))
	}
	people := func(l analysis.List) int64 { return app.Total(s.People, string(l), "") }
	records := func(l analysis.List) int64 { return app.Total(s.Records, string(l), "") }
	return kit.Stack(9,
		line("Customers, confirmed", people(analysis.Confirmed), kit.Red), line("Customers, possible", people(analysis.Possible), kit.Amber),
		line("Customers, cleared", people(analysis.Cleared), kit.Green), kit.Hairline(),
		line("Records, confirmed", records(analysis.Confirmed), kit.Red), line("Records, possible", records(analysis.Possible), kit.Amber), kit.Hairline(),
		line("Sessions", sum(s.Sessions), kit.Neutral), line("of them attacker", s.Sessions[string(analysis.Attacker)], kit.Red), line("Queries", sum(s.Queries), kit.Neutral), kit.Hairline(),
		line("Evidence files", s.Files, kit.Neutral), line("Rows read", s.Read, kit.Neutral), line("Gaps in the logs", int64(len(s.Gaps)), kit.Amber))
}

// Export writes everything into a fresh folder, with progress and a way to stop. It needs a purpose.
func (w *Window) Export(folder string, o app.ExportOptions) {
	if o.Reason == "" {
		w.fail(&app.Problem{What: words.T("an export needs a purpose"), Do: words.T("say who receives it, and what for")})
		return
	}
	w.run(words.T("Exporting"), func(ctx context.Context, p progressFunc) error {
		_, err := w.c.Export(ctx, folder, o, p)
		return err
	}, func() {
		w.refresh(func() { w.exported(folder, packedCopies(folder, o)) })
	}, nil)
}

// packedCopies are the names of the copies an export makes for transport.
func packedCopies(folder string, o app.ExportOptions) (names []string) {
	if o.Password != "" {
		names = append(names, filepath.Base(folder)+".zip")
	}
	if len(o.Recipients) > 0 {
		names = append(names, filepath.Base(folder)+".tar.age")
	}
	return names
}

// exported says where it lies.
func (w *Window) exported(folder string, packed []string) {
	body := kit.Stack(10, kit.Value(words.T("The export is complete. It lies in:")), kit.Emphasis(folder))
	for _, name := range packed {
		body.Add(kit.Value(words.F("The packed copy is %s.", name)))
	}
	w.tell(words.T("Exported"), kit.Least(480, 10, body))
}
