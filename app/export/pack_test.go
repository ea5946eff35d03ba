package export_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/xuri/excelize/v2"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/app/export"
)

func TestTransportArchiveOpensWithAnOrdinaryTool(t *testing.T) {
	o := options
	o.Password = "correct horse 말"
	dir, _ := write(t, incident(t), o)
	archive, err := zip.OpenReader(dir + ".zip")
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	for _, f := range archive.File {
		if f.Method != 99 || f.Flags&1 == 0 {
			t.Errorf("%s is not encrypted", f.Name)
		}
	}
	tool, err := exec.LookPath("7z")
	if err != nil {
		t.Skip("7z is not installed: the archive was not opened with it")
	}
	to := t.TempDir()
	if out, err := exec.Command(tool, "x", "-p"+o.Password, "-o"+to, dir+".zip").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if r, err := export.Verify(t.Context(), filepath.Join(to, filepath.Base(dir))); err != nil || !r.OK {
		t.Errorf("what came out of the archive: %+v %v", r, err)
	}
	if err := exec.Command(tool, "t", "-pwrong", dir+".zip").Run(); err == nil {
		t.Error("a wrong password opened the archive")
	}
}

func TestCancelledPackingLeavesNothing(t *testing.T) {
	parent := t.TempDir()
	o := options
	o.Password = "x"
	ctx, cancel := context.WithCancel(t.Context())
	_, err := export.Write(ctx, incident(t), filepath.Join(parent, "out"), o, func(s analysis.Step) {
		if s.Name == "Packing" {
			cancel()
		}
	})
	if left, _ := os.ReadDir(parent); !errors.Is(err, context.Canceled) || len(left) > 0 {
		t.Errorf("%v, %v is left", err, left)
	}
}

func TestAgeFileOpensForItsRecipientAlone(t *testing.T) {
	key, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	o := options
	o.Recipients = []string{key.Recipient().String()}
	dir, _ := write(t, incident(t), o)
	sealed, err := os.ReadFile(dir + ".tar.age")
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(sealed, []byte("manifest.json")) {
		t.Error("the names of the files can be read")
	}
	other, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := age.Decrypt(bytes.NewReader(sealed), other); err == nil {
		t.Error("another key opens it")
	}
	plain, err := age.Decrypt(bytes.NewReader(sealed), key)
	if err != nil {
		t.Fatal(err)
	}
	to := t.TempDir()
	untar(t, plain, to)
	if r, err := export.Verify(t.Context(), filepath.Join(to, filepath.Base(dir))); err != nil || !r.OK {
		t.Errorf("what came out of the age file: %+v %v", r, err)
	}
	var packed *export.Packed
	if _, err := export.Verify(t.Context(), dir+".tar.age"); !errors.As(err, &packed) {
		t.Errorf("verifying the age file: %v", err)
	}
}

func untar(t *testing.T, from io.Reader, to string) {
	t.Helper()
	in := tar.NewReader(from)
	for {
		h, err := in.Next()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(in)
		path := filepath.Join(to, filepath.FromSlash(h.Name))
		if err := errors.Join(err, os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, body, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestNoExportForAKeyThatIsNone(t *testing.T) {
	o := options
	o.Recipients = []string{"age1nonsense"}
	dir := filepath.Join(t.TempDir(), "out")
	var bad *export.BadRecipient
	if _, err := export.Write(t.Context(), incident(t), dir, o, nil); !errors.As(err, &bad) {
		t.Errorf("%v", err)
	}
}

func TestPasswordToOpen(t *testing.T) {
	o := options
	o.OpenPassword = "말 1"
	dir, _ := write(t, incident(t), o)
	path := filepath.Join(dir, "breachscope-report.xlsx")
	if f, err := excelize.OpenFile(path); err == nil {
		f.Close()
		t.Error("the workbook opens without its password")
	}
	f, err := excelize.OpenFile(path, excelize.Options{Password: o.OpenPassword})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if text := strings.Join(slices.Concat(rowsOf(t, f, "Summary")...), "\n"); !strings.Contains(text, "not somebody who wants in") {
		t.Error("the Summary does not say how weak the password is")
	}
	if r, err := export.Verify(t.Context(), dir); err != nil || !r.OK {
		t.Errorf("verifying: %+v %v", r, err)
	}
}
