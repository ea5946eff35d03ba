// Package export writes what leaves a case: the workbook, the lists as CSV and Parquet, the journal, and a signed
// manifest by which a third party can check that nothing was changed and that the totals are those of the rows.
package export

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/duty"
	"github.com/breachscope/breachscope/analysis/session"
	"github.com/breachscope/breachscope/app/casefile"
)

// Options of one export.
type Options struct {
	Actor   string    // who makes it
	Reason  string    // why
	Program string    // name and version; "" takes what the binary says of itself
	At      time.Time // moment it is made; zero takes the clock

	Facts duty.Facts // what the clocks of the duties run from

	Password     string         // further packs everything into DIR.zip, encrypted with it, for transport
	Recipients   []string       // age public keys: further packs everything into DIR.tar.age, which only they can open
	OpenPassword string         // the workbooks ask for it on opening; weak, and the files beside them do not
	Language     string         // of the workbooks and the briefing: en or ko; "" English
	Rules        []session.Rule // in force, which bring their words for it
	Countries    bool           // one workbook for every country of residence, in by-country
	Notification bool           // whom to write to, where, and what was exposed, in words
	Briefing     bool           // the figures on a few pages, and drafts of the notices
}

// marker lies in a folder that is still being written, so that the remains of a killed run are known as such.
const marker = ".incomplete"

// partial is added to the name of a folder that is still being written.
const partial = ".part"

// memory of the engine during an export; the workbook needs about as much beside it, at any number of rows.
const memory = "300MB"

// Write exports the case as it is now into the fresh folder dir. The folder appears only when it is complete; an error
// or the end of ctx leaves nothing. Errors: those of Ready.
func Write(ctx context.Context, c *casefile.Case, dir string, o Options, p analysis.Progress) (Manifest, error) {
	var m Manifest
	o = o.withDefaults()
	err := c.Bounded(ctx, memory, func() (err error) {
		m, err = write(ctx, c, dir, o, p)
		return err
	})
	if casefile.OutOfMemory(err) {
		m, err = write(ctx, c, dir, o, p) // with what the case itself may use
	}
	if err != nil {
		return Manifest{}, fmt.Errorf("exporting to %s: %w", dir, err)
	}
	return m, nil
}

func (o Options) withDefaults() Options {
	if o.At.IsZero() {
		o.At = time.Now()
	}
	o.At = o.At.UTC().Truncate(time.Millisecond)
	if o.Facts.Now.IsZero() { // else the report would be silent about deadlines that have passed
		o.Facts.Now = o.At
	}
	if info, ok := debug.ReadBuildInfo(); ok && o.Program == "" {
		o.Program = "Breachscope " + info.Main.Version
	}
	return o
}

func write(ctx context.Context, c *casefile.Case, dir string, o Options, p analysis.Progress) (Manifest, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return Manifest{}, err
	}
	part, err := fresh(dir, o)
	if err != nil {
		return Manifest{}, err
	}
	defer os.RemoveAll(part)
	key, err := signer(ctx, c)
	if err != nil {
		return Manifest{}, err
	}
	w := &writer{Options: o, folder: part, progress: p, notes: notes{}, key: key}
	if w.tongue, err = newTongue(o.Language, o.Rules); err != nil {
		return Manifest{}, err
	}
	if err := c.Read(ctx, func(db analysis.Engine) error { return w.all(ctx, c, db) }); err != nil {
		return Manifest{}, err
	}
	p.Tell(analysis.Step{Name: "Hashing and signing"})
	w.manifest.Notes = w.notes.sentences()
	if err := sign(ctx, part, &w.manifest, key); err != nil {
		return Manifest{}, err
	}
	return w.manifest, w.finish(ctx, dir)
}

// fresh makes the folder the export is built in; remains of a killed run are taken away.
func fresh(dir string, o Options) (string, error) {
	if err := Ready(dir, o); err != nil {
		return "", err
	}
	part := dir + partial
	if err := os.RemoveAll(part); err != nil {
		return "", err
	}
	if err := os.MkdirAll(part, 0o700); err != nil {
		return "", err
	}
	return part, writeFile(filepath.Join(part, marker), nil)
}

// finish gives the complete folder its name, and the archives that are wanted, theirs.
func (w *writer) finish(ctx context.Context, dir string) error {
	if err := os.Remove(filepath.Join(w.folder, marker)); err != nil {
		return err
	}
	archives := w.archives(dir)
	for _, archive := range archives {
		defer os.Remove(archive + partial)
	}
	if err := w.pack(ctx, dir); err != nil {
		return err
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	err := os.Rename(w.folder, dir)
	for _, archive := range archives {
		if err == nil {
			err = os.Rename(archive+partial, archive)
		}
	}
	return err
}

// archives are the packed copies of the folder that are wanted.
func (o Options) archives(dir string) (list []string) {
	if o.Password != "" {
		list = append(list, dir+".zip")
	}
	if len(o.Recipients) > 0 {
		list = append(list, dir+".tar.age")
	}
	return list
}

// pack makes the archives under names that show that they are not complete.
func (w *writer) pack(ctx context.Context, dir string) error {
	if w.Password != "" {
		if err := Pack(ctx, w.folder, filepath.Base(dir), dir+".zip"+partial, w.Password, w.progress); err != nil {
			return err
		}
	}
	if len(w.Recipients) == 0 {
		return nil
	}
	to, err := w.recipients()
	if err != nil {
		return err
	}
	return Seal(ctx, w.folder, filepath.Base(dir), dir+".tar.age"+partial, to, w.progress)
}

// writer makes one export.
type writer struct {
	Options
	folder   string
	progress analysis.Progress
	manifest Manifest
	notes    notes
	key      ed25519.PrivateKey
	due      []duty.Duty
	tongue   *tongue
}

// all writes everything from one transaction, so that a step of the investigator meanwhile does not show in half of it.
func (w *writer) all(ctx context.Context, c *casefile.Case, db analysis.Engine) (err error) {
	if _, err := db.ExecContext(ctx, "BEGIN TRANSACTION"); err != nil {
		return err
	}
	defer func() { // takes the temporary tables away too
		_, rollback := db.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		err = errors.Join(err, rollback)
	}()
	if err := w.describe(ctx, c, db); err != nil {
		return err
	}
	if err := w.journal(ctx, db); err != nil {
		return err
	}
	return w.report(ctx, c, db)
}

// describe fills the manifest but for totals, files and notes.
func (w *writer) describe(ctx context.Context, c *casefile.Case, db analysis.Engine) error {
	name, err := casefile.Setting(ctx, db, "name")
	if err != nil {
		return err
	}
	if name == "" {
		name = filepath.Base(c.Path())
	}
	zone, err := casefile.Setting(ctx, db, "timezone")
	if err != nil {
		return err
	}
	v, err := versions(ctx, db)
	if err != nil {
		return err
	}
	w.manifest = Manifest{Format: 1, Program: w.Program, Case: name, Timezone: zone, MadeAt: w.At, MadeBy: w.Actor,
		Reason: w.Reason, Versions: v}
	w.manifest.identify(w.key)
	return nil
}

// totals are counted from the frozen rows.
func totals(ctx context.Context, db analysis.Engine) (map[string]int64, error) {
	rows, err := db.QueryContext(ctx, statement("totals"))
	if err != nil {
		return nil, fmt.Errorf("counting: %w", err)
	}
	defer rows.Close()
	t := map[string]int64{}
	for rows.Next() {
		var name string
		var n int64
		if err := rows.Scan(&name, &n); err != nil {
			return nil, fmt.Errorf("counting: %w", err)
		}
		t[name] = n
	}
	return t, rows.Err()
}

// journal writes the chain, one entry a line.
func (w *writer) journal(ctx context.Context, db analysis.Engine) error {
	entries, err := casefile.Journal(ctx, db)
	if err != nil {
		return err
	}
	w.manifest.Journal.Entries = int64(len(entries))
	if len(entries) > 0 {
		w.manifest.Journal.Hash = entries[len(entries)-1].Hash
	}
	return writeJournal(filepath.Join(w.folder, journalName), entries)
}

// twin writes the Parquet file of a table. The engine writes only into the staging folder, from where it is moved.
func (w *writer) twin(ctx context.Context, db analysis.Engine, f *frozen, staging string) error {
	name := f.file + ".parquet"
	w.progress.Tell(analysis.Step{Name: "Writing Parquet", File: name, Rows: f.rows})
	path := filepath.Join(staging, name)
	if err := f.parquet(ctx, db, path); err != nil {
		return err
	}
	return move(path, filepath.Join(w.folder, name))
}

// move renames, or copies when the folders lie on different disks.
func move(from, to string) error {
	if err := os.Chmod(from, 0o600); err != nil {
		return err
	}
	if os.Rename(from, to) == nil {
		return nil
	}
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(target, source)
	return errors.Join(err, target.Sync(), target.Close())
}
