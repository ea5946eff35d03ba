package ui

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"github.com/breachscope/breachscope/app"
	"github.com/breachscope/breachscope/ui/kit"
	"github.com/breachscope/breachscope/ui/words"
)

// startScreen is what stands in the window before a case is open.
func (w *Window) startScreen() fyne.CanvasObject {
	title := kit.Line(12, kit.Least(34, 34, kit.Picture("shield", kit.Accent)), kit.Write("Breachscope", 28, kit.Text, true))
	what := kit.Small(words.T("From the logs of a stolen account to the customers it touched"))
	actions := kit.Line(8, kit.Primary("plus", words.T("New case"), func() { w.newCase(nil) }),
		kit.Secondary("folder", words.T("Open a case"), func() { w.chooseCase(w.Open) }),
		kit.Secondary("play", words.T("Sample case"), w.sample))
	hint := kit.Caption(words.T("Or drop a case, log files or whole folders on this window."))
	body := kit.Stack(14, title, what, actions, kit.Least(520, 10, kit.Panel(words.T("Recent cases"), "", w.recentList())), hint)
	menu := container.NewBorder(kit.Pad(container.NewBorder(nil, nil, nil, w.menuButton()), 10, 0, 0, 12), w.notice, nil, nil)
	return container.NewStack(kit.Rect("background", 0), container.NewCenter(body), menu)
}

func (w *Window) recentList() fyne.CanvasObject {
	list := kit.Stack(2)
	for _, path := range w.recent() {
		if _, err := os.Stat(path); err != nil {
			continue
		}
		name := strings.TrimSuffix(filepath.Base(path), extension)
		list.Add(kit.Nav("file", name, filepath.Dir(path), false, func() { w.Open(path) }))
	}
	if len(list.Objects) == 0 {
		list.Add(kit.Small(words.T("None yet.")))
	}
	return list
}

// askPassphrase asks for the passphrase of a sealed case; false when that is not what is wrong.
func (w *Window) askPassphrase(path string, o app.Options, err error) bool {
	if !app.NeedsPassphrase(err) {
		return false
	}
	entry := kit.Secret()
	items := []*widget.FormItem{widget.NewFormItem(words.T("Passphrase"), entry)}
	d := w.fillIn(words.T("This case is sealed"), words.T("Open"), 420, items, entry, func() {
		o.Passphrase = entry.Text
		w.open(path, o)
	})
	entry.OnSubmitted = func(string) { d.Submit() }
	return true
}

// startFolder is where new cases lie unless another folder is chosen.
func startFolder() string {
	if home, err := os.UserHomeDir(); err == nil {
		return home
	}
	return "."
}

// zones that are offered; any other IANA name can be typed.
var zones = []string{"Asia/Seoul", "Asia/Tokyo", "Asia/Shanghai", "Asia/Singapore", "Europe/Paris", "Europe/London", "America/New_York", "America/Los_Angeles", "UTC"}

// newCase asks for what a case needs, creates it, and imports the evidence given.
func (w *Window) newCase(evidence []string) {
	name, folder, zone := kit.Field(), kit.Field(), kit.NewSuggested(zones)
	name.SetText(words.F("Case %s", time.Now().Format("2006-01-02")))
	folder.SetText(startFolder())
	zone.SetText(localZone())
	pass := kit.Secret()
	pass.SetPlaceHolder(words.T("none: the case is not encrypted"))
	again := kit.Secret()
	again.Validator = func(s string) error {
		if s != pass.Text {
			return errors.New(words.T("the two differ"))
		}
		return nil
	}
	pass.OnChanged = func(string) { again.SetValidationError(again.Validate()) }
	browse := kit.Quiet("folder", func() { w.chooseFolder(words.T("Folder"), folder.SetText) })
	items := []*widget.FormItem{
		widget.NewFormItem(words.T("Name"), name),
		widget.NewFormItem(words.T("Folder"), container.NewBorder(nil, nil, nil, browse, folder)),
		widget.NewFormItem(words.T("Time zone of the organisation"), zone),
		widget.NewFormItem(words.T("Passphrase"), pass), widget.NewFormItem(words.T("Passphrase, again"), again),
	}
	w.fillIn(words.T("New case"), words.T("Create"), 560, items, name, func() {
		path := filepath.Join(folder.Text, fileName(name.Text)+extension)
		w.create(path, app.Options{Name: name.Text, Timezone: zone.Text, Passphrase: pass.Text}, evidence)
	})
}

// fileName makes a file's name of a case's name.
func fileName(name string) string {
	clean := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) || r < ' ' {
			return '-'
		}
		return r
	}, strings.TrimSpace(name))
	if clean == "" {
		return "case"
	}
	for len(clean) > mostNameBytes {
		_, last := utf8.DecodeLastRuneInString(clean)
		clean = clean[:len(clean)-last]
	}
	return strings.TrimRight(clean, " .")
}

// mostNameBytes leaves room for a date and endings in the 255 bytes that file systems allow; a Korean letter takes three.
const mostNameBytes = 160

// localZone is this computer's time zone where it has a name, as most investigators sit where the organisation does.
func localZone() string {
	if name := time.Local.String(); name != "Local" {
		return name
	}
	if target, err := os.Readlink("/etc/localtime"); err == nil {
		if _, name, ok := strings.Cut(target, "zoneinfo/"); ok {
			return strings.TrimPrefix(name, "Etc/")
		}
	}
	return "UTC"
}

func (w *Window) create(path string, o app.Options, evidence []string) {
	w.enter(words.T("Creating the case"), path, func(ctx context.Context) (*app.Case, error) { return app.New(ctx, path, o) }, func() {
		w.Show("evidence")
		if len(evidence) > 0 {
			w.importPaths(evidence)
		}
	}, nil)
}

// sample makes the sample case in a folder of the investigator's choice and opens it.
func (w *Window) sample() {
	dir := filepath.Join(startFolder(), "breachscope-sample")
	var d app.Demonstration
	w.run(words.T("Building the sample case"), func(ctx context.Context, p progressFunc) (err error) {
		d, err = app.Demo(ctx, dir, p)
		return err
	}, func() { w.Open(d.Case) }, nil)
}
