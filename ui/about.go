package ui

import (
	"runtime/debug"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/breachscope/breachscope/analysis/duty"
	"github.com/breachscope/breachscope/app"
	"github.com/breachscope/breachscope/assets"
	"github.com/breachscope/breachscope/ui/kit"
	"github.com/breachscope/breachscope/ui/words"
)

// about names the program's version, its tables, and whose work it holds, as their licences ask for.
func (w *Window) about() {
	body := kit.Stack(10, kit.Line(10, kit.Picture("shield", kit.Accent), kit.Heading("Breachscope "+app.Version)),
		kit.Facts(130, kit.Fact{Name: words.T("Law table"), Value: duty.Version()}, kit.Fact{Name: words.T("Advice"), Value: words.T("Nothing the program says is legal advice.")}),
		kit.Hairline(), kit.Strong(words.T("Where an address is")), kit.Value(assets.AddressCredits()),
		kit.Hairline(), kit.Strong(words.T("Libraries")), kit.Value(libraries()),
		kit.Hairline(), kit.Strong(words.T("Font")), kit.Value(words.T("A subset of Noto Sans CJK KR, under the SIL Open Font License 1.1.")), kit.Value(assets.FontNotice))
	w.tell(words.T("About"), scrolled(body)).Resize(fyne.NewSize(720, 560))
}

// libraries lists the modules that the program is built of.
func libraries() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || len(info.Deps) == 0 {
		return words.T("not known in this build")
	}
	var lines []string
	for _, m := range info.Deps {
		lines = append(lines, m.Path+" "+m.Version)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
