package app

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/duty"
	"github.com/breachscope/breachscope/analysis/evidence"
	"github.com/breachscope/breachscope/app/casefile"
)

// Repetition is what came out when every step of a journal was taken again.
type Repetition struct {
	Steps       int      `json:"steps"`       // taken again
	Differences []string `json:"differences"` // what came out otherwise, in words; none when everything agrees
	Case        string   `json:"case"`        // the case that was made
}

// Rerun takes every step of an exported journal again on the evidence in a folder, in a new case at path, and compares
// the files, the accounts of their rows and the totals of the lists with those the journal holds. Of the options,
// passphrase and memory are those of the new case; the rest stands in the journal.
func Rerun(ctx context.Context, journal, folder, path string, o Options, p analysis.Progress) (r Repetition, err error) {
	entries, err := readJournal(journal)
	if err != nil {
		return r, err
	}
	if err := casefile.CheckChain(entries); err != nil {
		return r, &Problem{journal + ": " + err.Error(), "ask for the journal as it was exported", err}
	}
	again := &repetition{folder: folder, options: o, progress: p, Repetition: Repetition{Differences: []string{}, Case: path}}
	defer func() {
		if again.made != nil {
			err = errors.Join(err, again.made.Close())
		}
	}()
	for _, e := range entries {
		if err := again.step(ctx, path, e); err != nil {
			return r, fmt.Errorf("repeating journal entry %d (%s): %w", e.Seq, e.Action, err)
		}
	}
	return again.Repetition, nil
}

func readJournal(path string) (entries []casefile.Entry, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	lines := bufio.NewReader(file)
	for number := 1; ; number++ {
		line, err := lines.ReadBytes('\n')
		if len(strings.TrimSpace(string(line))) > 0 {
			var e casefile.Entry
			if err := json.Unmarshal(line, &e); err != nil {
				return nil, &Problem{fmt.Sprintf("%s: line %d is no journal entry", path, number), "name the journal.jsonl of an export", err}
			}
			entries = append(entries, e)
		}
		if errors.Is(err, io.EOF) {
			return entries, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

type repetition struct {
	options Options // of the new case
	Repetition
	made     *Case
	folder   string
	progress analysis.Progress
}

// step takes one step again. Steps that only show or hand out something are left out.
func (r *repetition) step(ctx context.Context, path string, e casefile.Entry) (err error) {
	r.Steps++
	switch e.Action {
	case "new":
		return r.begin(ctx, path, e)
	case "add":
		return r.add(ctx, e)
	case "mark":
		return taken(e, func(m Mark) error { return r.mark(ctx, e, m) })
	case "undo":
		_, err = r.made.Undo(ctx)
		return err
	case "correct":
		return taken(e, func(k Correction) error { _, err := r.made.Correct(ctx, k, r.progress); return err })
	case "accept":
		return taken(e, func(t Treatment) error { return r.made.AcceptReject(ctx, t) })
	case "repair":
		return taken(e, func(t Treatment) error { return r.made.RepairReject(ctx, t, r.progress) })
	case "scope":
		return r.scope(ctx, e)
	case "networks":
		return taken(e, func(g given) error { return r.made.SetNetworks(ctx, g.Networks, r.progress) })
	case "rules":
		return taken(e, func(g given) error { return r.made.SetRules(ctx, g.Rules, r.progress) })
	case "facts":
		return taken(e, func(f duty.Facts) error { return r.made.SetFacts(ctx, f) })
	}
	r.Steps--
	if e.Action != "export" && e.Action != "export failed" && e.Action != "reveal" && e.Action != "freeze" && e.Action != "earlier" {
		r.differ("journal entry %d (%s) is a step that cannot be repeated from the journal", e.Seq, e.Action)
	}
	return nil
}

// taken takes a step again with the arguments its journal entry holds.
func taken[T any](e casefile.Entry, again func(T) error) error {
	var arguments T
	if err := json.Unmarshal(e.Arguments, &arguments); err != nil {
		return err
	}
	return again(arguments)
}

func (r *repetition) mark(ctx context.Context, e casefile.Entry, m Mark) error {
	now, err := r.made.Mark(ctx, m)
	if err == nil && now.Sessions != m.Sessions {
		r.differ("journal entry %d meant %d sessions, now it means %d", e.Seq, m.Sessions, now.Sessions)
	}
	return err
}

func (r *repetition) differ(format string, args ...any) {
	r.Differences = append(r.Differences, fmt.Sprintf(format, args...))
}

func (r *repetition) begin(ctx context.Context, path string, e casefile.Entry) (err error) {
	var s struct {
		Name, Timezone string
		FiscalStart    int `json:"fiscal_start,string"`
	}
	if err := json.Unmarshal(e.Arguments, &s); err != nil {
		return err
	}
	o := r.options
	o.Name, o.Timezone, o.FiscalStart = s.Name, s.Timezone, s.FiscalStart
	r.made, err = New(ctx, path, o)
	return err
}

// add imports the files of a journal entry again, found by their hash, and compares what came of them.
func (r *repetition) add(ctx context.Context, e casefile.Entry) error {
	var was addition
	if err := json.Unmarshal(e.Arguments, &was); err != nil {
		return err
	}
	staged, err := r.gather(was.Files)
	if err != nil {
		return err
	}
	defer os.RemoveAll(staged)
	added, err := r.made.Add(ctx, []string{staged}, was.options(), r.progress)
	if err != nil {
		return err
	}
	now := map[[2]string]addedFile{} // by name and hash: identical files count once, or once per organisation
	for _, f := range describeAdded(added.Files) {
		now[[2]string{f.Name, f.SHA256}] = f
	}
	for _, f := range was.Files {
		if got := now[[2]string{f.Name, f.SHA256}]; got != f {
			r.differ("journal entry %d: file %s gave %+v, now %+v", e.Seq, f.SHA256[:12], f, got)
		}
	}
	return nil
}

// gather lays the files of one addition out under the names they had, so that they are taken in the same order.
func (r *repetition) gather(files []addedFile) (string, error) {
	staged, err := os.MkdirTemp("", "breachscope-rerun-")
	if err != nil {
		return "", err
	}
	wanted := map[string]string{} // name of the file or container -> hash, "" for a container
	for _, f := range files {
		outer := outermost(f.Name)
		if wanted[outer] = f.SHA256; outer != f.Name {
			wanted[outer] = ""
		}
	}
	for name, hash := range wanted {
		source, err := r.find(name, hash)
		if err != nil {
			return "", errors.Join(err, os.RemoveAll(staged))
		}
		if err := place(source, filepath.Join(staged, filepath.FromSlash(name))); err != nil {
			return "", errors.Join(err, os.RemoveAll(staged))
		}
	}
	return staged, nil
}

// outermost is the file itself, or the archive it lies in.
func outermost(name string) string {
	parts := strings.Split(name, "/")
	for i, part := range parts[:len(parts)-1] {
		switch strings.ToLower(filepath.Ext(part)) {
		case ".zip", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".tbz2", ".xz", ".txz", ".zst", ".xlsx", ".xlsm":
			return strings.Join(parts[:i+1], "/")
		}
	}
	return name
}

// find looks for a file of that name, and that hash where one is known, anywhere below the evidence folder.
func (r *repetition) find(name, hash string) (found string, err error) {
	err = filepath.WalkDir(r.folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Base(path) != filepath.Base(name) {
			return err
		}
		if sum, err := hashFile(path); err != nil || hash != "" && sum != hash {
			return err
		}
		found = path
		return fs.SkipAll
	})
	if err == nil && found == "" {
		err = &Problem{name + " is not among the evidence in " + r.folder, "put the file with SHA-256 " + hash + " there", nil}
	}
	return found, err
}

func hashFile(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// place links a file, or copies it where links do not work.
func place(source, target string) error {
	if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
		return err
	}
	if os.Link(source, target) == nil {
		return nil
	}
	in, err := os.Open(source)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(target)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// scope derives the lists again and compares their totals with the journal's.
func (r *repetition) scope(ctx context.Context, e casefile.Entry) error {
	var was totals
	if err := json.Unmarshal(e.Arguments, &was); err != nil {
		return err
	}
	s, err := r.made.Scope(ctx, r.progress)
	if err != nil {
		return err
	}
	before, err := json.Marshal(was)
	if err != nil {
		return err
	}
	now, err := json.Marshal(totals{s.Queries, s.Records, s.People, s.Categories})
	if err == nil && string(before) != string(now) {
		r.differ("journal entry %d: the lists counted %s, now %s", e.Seq, before, now)
	}
	return err
}

// options of an addition as the journal holds it.
func (a addition) options() evidence.Options {
	at, _ := time.Parse(time.RFC3339, a.SnapshotAt) // "" is no time
	return evidence.Options{Kind: a.Kind, Map: a.Map, SnapshotAt: at, Timezone: a.Timezone, Encoding: a.Encoding, Delimiter: a.Delimiter, Dates: a.Dates}
}
