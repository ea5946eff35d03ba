package ui

import (
	"errors"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"
	"github.com/ncruces/zenity"

	"github.com/breachscope/breachscope/ui/kit"
	"github.com/breachscope/breachscope/ui/words"
)

// extension ends the name of a case file.
const extension = ".breachscope"

// The system's own file dialogs, where there are any; they know several files at once, places and networks. Without
// them (a bare Linux) the toolkit's dialog, one file at a time. Each calls back on the main goroutine, and not at all
// when nothing was chosen.

func (w *Window) chooseFiles(title string, chosen func(paths []string)) {
	if !zenity.IsAvailable() {
		w.plainOpen(func(path string) { chosen([]string{path}) })
		return
	}
	ask(w, chosen, func() ([]string, error) { return zenity.SelectFileMultiple(zenity.Title(title)) })
}

func (w *Window) chooseFolder(title string, chosen func(path string)) {
	if !zenity.IsAvailable() {
		dialog.ShowFolderOpen(func(u fyne.ListableURI, err error) {
			if err == nil && u != nil {
				chosen(u.Path())
			}
		}, w.win)
		return
	}
	ask(w, chosen, func() (string, error) { return zenity.SelectFile(zenity.Title(title), zenity.Directory()) })
}

func (w *Window) chooseCase(chosen func(path string)) {
	if !zenity.IsAvailable() {
		w.plainOpen(chosen)
		return
	}
	ask(w, chosen, func() (string, error) {
		return zenity.SelectFile(zenity.Title(words.T("Open a case")), zenity.FileFilters{{Name: words.T("Cases"), Patterns: []string{"*" + extension}}})
	})
}

func (w *Window) plainOpen(chosen func(path string)) {
	d := dialog.NewFileOpen(func(r fyne.URIReadCloser, err error) {
		if err == nil && r != nil {
			r.Close()
			chosen(r.URI().Path())
		}
	}, w.win)
	if home, err := storage.ListerForURI(storage.NewFileURI(startFolder())); err == nil {
		d.SetLocation(home)
	}
	d.Show()
}

// ask waits for the system's dialog beside the main goroutine.
func ask[T any](w *Window, chosen func(T), dialog func() (T, error)) {
	go func() {
		got, err := dialog()
		if errors.Is(err, zenity.ErrCanceled) {
			return
		}
		kit.Do(func() {
			if err != nil {
				w.fail(err)
				return
			}
			chosen(got)
		})
	}()
}

// chooseTarget asks under which name a file is to be written.
func (w *Window) chooseTarget(title, name string, chosen func(path string)) {
	if zenity.IsAvailable() {
		ask(w, chosen, func() (string, error) {
			return zenity.SelectFileSave(zenity.Title(title), zenity.Filename(name), zenity.ConfirmOverwrite())
		})
		return
	}
	d := dialog.NewFileSave(func(to fyne.URIWriteCloser, err error) {
		if err == nil && to != nil {
			to.Close()
			chosen(to.URI().Path())
		}
	}, w.win)
	d.SetFileName(name)
	if home, err := storage.ListerForURI(storage.NewFileURI(startFolder())); err == nil {
		d.SetLocation(home)
	}
	d.Show()
}
