package export_test

import (
	"archive/zip"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

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
