package ui

import (
	"errors"
	"image"
	"image/png"
	"os"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"

	"github.com/breachscope/breachscope/app"
	"github.com/breachscope/breachscope/ui/kit"
	"github.com/breachscope/breachscope/ui/words"
)

// printScale is how many pixels of a saved picture stand for one unit: 300 a inch where the screen has about 100.
const printScale = 3

// pictureButton saves a chart as a picture for a report: on white, sharp enough to print, with title, case and source.
func (w *Window) pictureButton(title, remark string, size fyne.Size, draw func() fyne.CanvasObject) fyne.CanvasObject {
	return kit.Tool("picture", func() {
		w.chooseTarget(words.T("Save the chart"), fileName(title)+".png", func(path string) {
			if err := writePicture(path, w.picture(title, remark, size, draw)); err != nil {
				w.fail(err)
				return
			}
			w.note(words.F("Saved as %s.", filepath.Base(path)))
		})
	})
}

// picture draws a chart in the light theme, whatever the window's is.
func (w *Window) picture(title, remark string, size fyne.Size, draw func() fyne.CanvasObject) image.Image {
	if w.look.Dark {
		w.app.Settings().SetTheme(kit.Theme{})
		defer w.app.Settings().SetTheme(w.look)
	}
	from, to := w.logged()
	foot := kit.Caption(listedNonEmpty(w.info.Name, words.F("logs %s", w.period(from, to)), w.info.Timezone, "Breachscope "+app.Version))
	c := software.NewCanvas()
	c.SetPadded(false)
	c.SetScale(printScale)
	c.SetContent(kit.Panel(title, remark, kit.Column(6, kit.Least(size.Width, size.Height, draw()), foot)))
	c.Resize(c.Content().MinSize())
	return c.Capture()
}

func writePicture(path string, img image.Image) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(png.Encode(file, img), file.Close())
}
