package evidence

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// item is one file to be taken: on disk, or a member of an archive.
type item struct {
	name    string // relative to what was added, with '/'; members as container.zip/member.csv
	source  string // absolute path on disk
	bytes   int64
	open    func() (io.ReadCloser, error)
	changed func() bool // whether it changed since it was collected; nil: it cannot
}

// left are files that operating systems leave in folders; nobody exported them.
var left = []string{".DS_Store", "Thumbs.db", "desktop.ini"}

// collect lists the files of paths, folders with all that is below them, in order of their names.
func collect(paths []string) (items []item, err error) {
	for _, path := range paths {
		found, err := collectOne(path)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			return nil, &NoFile{path, "the folder holds no files"}
		}
		items = append(items, found...)
	}
	return items, nil
}

func collectOne(path string) (items []item, err error) {
	root, err := filepath.Abs(path)
	if err != nil {
		return nil, &Unreadable{path, err}
	}
	base := filepath.Dir(root)
	if info, err := os.Stat(root); err == nil && info.IsDir() {
		if root, err = filepath.EvalSymlinks(root); err != nil {
			return nil, &Unreadable{path, err}
		}
		base = root
	}
	if at := homePath.FindAllStringIndex(base+"/", -1); at != nil { // the name says whose the file is, wherever it is taken from again
		base = filepath.Dir(base[:at[len(at)-1][0]+1] + "home")
	}
	return items, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return &Unreadable{path, errors.Unwrap(err)}
		}
		if entry.IsDir() || slices.Contains(left, entry.Name()) || strings.HasPrefix(entry.Name(), "._") {
			return nil
		}
		f, err := fromDisk(path, base)
		if err == nil {
			items = append(items, f)
		}
		return err
	})
}

// special says what stands where a file was expected.
func special(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "it is a link to a folder; name the folder itself"
	case mode&fs.ModeNamedPipe != 0:
		return "it is a pipe, not a file"
	case mode&fs.ModeSocket != 0:
		return "it is a socket, not a file"
	}
	return "it is a device, not a file"
}

func fromDisk(path, base string) (item, error) {
	before, err := os.Stat(path)
	if err != nil {
		return item{}, &Unreadable{path, err}
	}
	if !before.Mode().IsRegular() {
		return item{}, &NoFile{path, special(before.Mode())}
	}
	name, err := filepath.Rel(base, path)
	if err != nil {
		name = filepath.Base(path)
	}
	return item{
		name: filepath.ToSlash(name), source: path, bytes: before.Size(),
		open: func() (io.ReadCloser, error) {
			file, err := os.Open(path)
			if err != nil {
				return nil, &Unreadable{path, err}
			}
			return file, nil
		},
		changed: func() bool {
			after, err := os.Stat(path)
			return err != nil || after.Size() != before.Size() || !after.ModTime().Equal(before.ModTime())
		},
	}, nil
}
