package app

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/evidence"
	"github.com/breachscope/breachscope/analysis/session"
	"github.com/breachscope/breachscope/app/casefile"
	"github.com/breachscope/breachscope/assets"
)

// brief is what the sample incident's investigator was told.
type brief struct {
	Organisation string    `json:"organisation"`
	Timezone     string    `json:"org_timezone"`
	SnapshotAt   time.Time `json:"customer_snapshot_taken_at"`
	Indicators   []struct {
		Type, Value, Date, Note string
	} `json:"indicators"`
}

// Demonstration is what the demo made.
type Demonstration struct {
	Case    string  `json:"case"`
	Export  string  `json:"export"`
	Report  string  `json:"workbook"`
	Summary Summary `json:"summary"`
}

// Demo runs the whole job on the sample incident in dir: evidence, sessions, verdicts, replay, lists, workbook.
// An earlier demo in the same place is replaced.
func Demo(ctx context.Context, dir string, p analysis.Progress) (d Demonstration, err error) {
	if d, err = clearDemo(dir); err != nil {
		return d, err
	}
	told, err := unpackSample(dir)
	if err != nil {
		return d, fmt.Errorf("unpacking the sample incident: %w", err)
	}
	c, err := New(ctx, d.Case, Options{Name: told.Organisation + " (sample)", Timezone: told.Timezone})
	if err != nil {
		return d, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	o := evidence.Options{SnapshotAt: told.SnapshotAt}
	if _, err := c.Add(ctx, []string{filepath.Join(dir, "evidence")}, o, p); err != nil {
		return d, err
	}
	if err := c.markTold(ctx, told); err != nil {
		return d, err
	}
	if d.Summary, err = c.Scope(ctx, p); err != nil {
		return d, err
	}
	_, err = c.Export(ctx, d.Export, ExportOptions{Reason: "demonstration on the sample incident"}, p)
	return d, err
}

// clearDemo removes what an earlier demo left in dir, and only that.
func clearDemo(dir string) (Demonstration, error) {
	d := Demonstration{Case: filepath.Join(dir, "sample"+casefile.Extension), Export: filepath.Join(dir, "export")}
	d.Report = filepath.Join(d.Export, "breachscope-report.xlsx")
	if err := refuseForeign(dir, d.Case); err != nil {
		return d, err
	}
	for _, path := range []string{d.Case, d.Case + ".wal", d.Case + ".work", d.Export, filepath.Join(dir, "evidence"),
		filepath.Join(dir, "brief.json"), filepath.Join(dir, "truth.json")} {
		if err := os.RemoveAll(path); err != nil {
			return d, err
		}
	}
	return d, os.MkdirAll(dir, 0o755)
}

// refuseForeign refuses a folder that holds something of the names a demo clears away, and shows no sign of an earlier
// demo: it would be the user's own evidence. The signs are the case and, after an interruption, the sample's brief.
func refuseForeign(dir, made string) error {
	if exists(made) {
		return nil
	}
	if brief, err := os.ReadFile(filepath.Join(dir, "brief.json")); err == nil && isSampleBrief(brief) {
		return nil
	}
	for _, name := range []string{"evidence", "export", "brief.json", "truth.json"} {
		if path := filepath.Join(dir, name); exists(path) {
			return &Problem{path + " is there already, and no demo made it", "name a folder that is empty or new; the demo would clear it away", nil}
		}
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func isSampleBrief(text []byte) bool {
	packed, err := fs.ReadFile(assets.Folder("sample"), "sample.zip")
	if err != nil {
		return false
	}
	archive, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		return false
	}
	own, err := fs.ReadFile(archive, "brief.json")
	return err == nil && bytes.Equal(own, text)
}

// markTold marks what the addresses of the brief justify, then everything that is strongly linked to it.
func (c *Case) markTold(ctx context.Context, told brief) error {
	for _, i := range told.Indicators {
		if i.Type != "ip" {
			continue
		}
		_, err := c.Mark(ctx, Mark{Verdict: analysis.Attacker, Indicator: session.Indicator{Address: i.Value}, Reason: i.Note})
		if err != nil {
			return err
		}
	}
	_, err := c.AcceptStrong(ctx)
	return err
}

// unpackSample writes the sample's evidence below dir and returns the brief.
func unpackSample(dir string) (told brief, err error) {
	packed, err := fs.ReadFile(assets.Folder("sample"), "sample.zip")
	if err != nil {
		return told, err
	}
	archive, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		return told, err
	}
	if err := os.CopyFS(dir, archive); err != nil {
		return told, err
	}
	text, err := archive.Open("brief.json")
	if err != nil {
		return told, err
	}
	defer text.Close()
	body, err := io.ReadAll(text)
	if err != nil {
		return told, err
	}
	return told, json.Unmarshal(body, &told)
}
