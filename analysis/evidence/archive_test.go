package evidence_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ulikunitz/xz"

	"github.com/breachscope/breachscope/analysis/evidence"
)

// TestTar: archives of Unix systems, packed or not, and what xz packs.
func TestTar(t *testing.T) {
	b := newBench(t)
	var archive, squeezed bytes.Buffer
	w := tar.NewWriter(&archive)
	for _, name := range []string{"._Login.csv", "./day/Login.csv"} {
		text := logins(3)
		w.WriteHeader(&tar.Header{Name: name, Size: int64(len(text)), Mode: 0o600, Typeflag: tar.TypeReg})
		io.WriteString(w, text)
	}
	w.Close()
	x, err := xz.NewWriter(&squeezed)
	if err != nil {
		t.Fatal(err)
	}
	x.Write(archive.Bytes())
	x.Close()
	for name, content := range map[string][]byte{"a.tar": archive.Bytes(), "b.tgz": packed(archive.String()), "c.tar.xz": squeezed.Bytes()} {
		files := b.mustAdd(evidence.Options{Encoding: "utf-8"}, b.write(name, string(content)))
		if len(files) != 1 || files[0].Name != name+"/day/Login.csv" || files[0].Read != 3 || files[0].Kind != "salesforce.elf.Login" {
			t.Errorf("%s: %+v", name, files)
		}
	}
	var damaged *evidence.Damaged
	for _, end := range []int{520, 700, 1020, 1024, 1200, archive.Len() - 1024} { // in a file, in what fills its block up, between files
		if _, err := b.add(evidence.Options{}, b.write("cut.tar", archive.String()[:end])); !errors.As(err, &damaged) {
			t.Errorf("an archive cut after %d bytes: %v", end, err)
		}
	}
}

// TestTarLinks: a link in an archive is listed, not passed over in silence.
func TestTarLinks(t *testing.T) {
	b := newBench(t)
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	text := logins(2)
	w.WriteHeader(&tar.Header{Name: "Login.csv", Size: int64(len(text)), Mode: 0o600, Typeflag: tar.TypeReg})
	io.WriteString(w, text)
	w.WriteHeader(&tar.Header{Name: "latest.csv", Linkname: "../elsewhere/Login.csv", Typeflag: tar.TypeSymlink})
	w.Close()
	files := b.mustAdd(evidence.Options{}, b.write("links.tar", archive.String()))
	if len(files) != 2 || !slices.ContainsFunc(files, func(f evidence.File) bool { return f.Name == "links.tar/latest.csv" && f.Kind == "" }) {
		t.Errorf("%+v", files)
	}
}

// TestBombs: what was made to fill the disk is refused after a gigabyte of it.
func TestBombs(t *testing.T) {
	if testing.Short() {
		t.Skip("unpacks a gigabyte")
	}
	b := newBench(t)
	path := filepath.Join(t.TempDir(), "zeros.gz")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	block := packed(strings.Repeat("\n", 64<<20))
	for range 40 { // members of one file, 2.5 GiB in all
		file.Write(block)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	var damaged *evidence.Damaged
	if _, err := b.add(evidence.Options{}, path); !errors.As(err, &damaged) || !strings.Contains(err.Error(), "400 times") {
		t.Errorf("got %v", err)
	}
}

// TestWideTable: a table of thousands of columns, as warehouses write them.
func TestWideTable(t *testing.T) {
	b := newBench(t)
	header, row := "Id", "0035g000008pz1lAAA"
	for range 1200 {
		header, row = header+",X", row+",1"
	}
	if f := b.mustAdd(evidence.Options{}, b.write("Contact.csv", header+"\n"+row+"\n"))[0]; f.Loaded != 1 {
		t.Errorf("%+v", f)
	}
}
