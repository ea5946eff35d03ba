// Package casefile keeps a case: one DuckDB database with one writer and many readers, its schema and its journal.
//
// A plain case is the database NAME.breachscope itself. A sealed case is an age file of that name; opened, it is
// worked on as a database in the private folder NAME.breachscope.work and sealed again when it is closed. The same
// folder (0700) holds what is staged for import and what the engine spills; it goes when the case is closed.
package casefile

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/duckdb/duckdb-go/v2"

	"github.com/breachscope/breachscope/analysis"
)

// Extension ends the name of every case file.
const Extension = ".breachscope"

// Options bound what the engine may use. The zero value is right for a laptop.
type Options struct {
	Memory     string // limit of the engine, as "2GB"; "" means 2GB
	Threads    int    // 0: all cores
	Readers    int    // connections that only read; 0 means 4
	Passphrase string // seals a new case, opens a sealed one
}

// Case is an open case file. Its methods may be called from any goroutine.
type Case struct {
	path       string // what the investigator named
	database   string // the DuckDB file: path, or one in work when the case is sealed
	work       string
	passphrase string
	connector  *duckdb.Connector
	db         *sql.DB
	writer     chan *sql.Conn // holds the one writer while nobody writes
	readers    chan *sql.Conn
	memory     string     // limit of the engine
	bounding   sync.Mutex // held while the engine's memory is bounded
	closing    sync.Once
	closed     error
}

// Create makes a new case at path. It fails when something of that name exists.
func Create(ctx context.Context, path string, o Options) (*Case, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("creating a case: %w", err)
	}
	if _, err := os.Lstat(path); err == nil {
		return nil, fmt.Errorf("creating a case: %w", &Exists{Path: path})
	}
	c := &Case{path: path, database: path, work: path + ".work", passphrase: o.Passphrase}
	if err := os.MkdirAll(c.work, 0o700); err != nil {
		return nil, fmt.Errorf("creating a case: %w", err)
	}
	if o.Passphrase != "" {
		c.database = filepath.Join(c.work, "case.duckdb")
	}
	if err := c.start(ctx, o, migrate); err != nil {
		os.Remove(c.database)
		os.RemoveAll(c.work)
		return nil, fmt.Errorf("creating a case: %w", err)
	}
	return c, nil
}

// Open opens an existing case and brings its schema up to date.
// Errors: *NotACase, *Damaged, *Busy, *Sealed (a passphrase is needed), *NotSealed (it has none), *StrayLog, *Newer, *OtherBuild.
func Open(ctx context.Context, path string, o Options) (*Case, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("opening a case: %w", err)
	}
	c := &Case{path: path, database: path, work: path + ".work"}
	if err := c.prepare(o.Passphrase); err != nil {
		return nil, fmt.Errorf("opening a case: %w", err)
	}
	if err := c.start(ctx, o, c.upgrade); err != nil {
		return nil, fmt.Errorf("opening a case: %w", err)
	}
	return c, nil
}

// prepare looks at the bytes of the file and unseals them when need be.
func (c *Case) prepare(passphrase string) error {
	form, err := sniff(c.path)
	if err != nil {
		return err
	}
	if form == formSealed {
		return c.unseal(passphrase)
	}
	if passphrase != "" {
		return &NotSealed{c.path}
	}
	return c.refuseStrayLog()
}

// start opens the engine and its connections, and makes the schema. The working folder is touched only once the engine holds
// the lock: another process may be at work in it.
func (c *Case) start(ctx context.Context, o Options, schema func(tx *sql.Tx) error) error {
	if _, taken := openCases.LoadOrStore(c.database, true); taken {
		return &Busy{c.path, "this program"}
	}
	err := c.connect(ctx, o)
	if err != nil {
		err = c.explain(err)
	} else {
		err = errors.Join(c.makeWork(), c.Write(ctx, schema))
	}
	if err == nil {
		err = c.markOpen()
	}
	if err != nil {
		c.shut()
		openCases.Delete(c.database)
	}
	return err
}

// openCases holds the databases this process has open: the engine would lend one instance to both.
var openCases sync.Map

// Path is the case file as the investigator named it.
func (c *Case) Path() string { return c.path }

// Work is the private folder of the open case.
func (c *Case) Work() string { return c.work }

// Staging is the one folder the engine may read from and write to.
func (c *Case) Staging() string { return filepath.Join(c.work, "staging") }

// Write runs do inside the one write transaction: committed when do returns nil, otherwise as if it had never run.
// It waits for the writer before it, or until ctx ends.
func (c *Case) Write(ctx context.Context, do func(tx *sql.Tx) error) error {
	var conn *sql.Conn
	select {
	case conn = <-c.writer:
		defer func() { c.writer <- conn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	// statements end with ctx, the transaction with its rollback below: a transaction that ends by itself takes the
	// connection with it, and the case would have no writer any more
	tx, err := conn.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return fmt.Errorf("beginning a step: %w", err)
	}
	defer tx.Rollback() // for a panic; after a commit it does nothing
	if err := do(tx); err != nil {
		return errors.Join(stopped(ctx, err), rollback(tx))
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("committing a step: %w", c.untaken(stopped(ctx, err)))
	}
	return nil
}

// stopped prefers the plain word "cancelled" of a context to the engine's own account of its interruption.
func stopped(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

func rollback(tx *sql.Tx) error {
	if err := tx.Rollback(); err != nil && !errors.Is(err, sql.ErrTxDone) {
		return fmt.Errorf("rolling back: %w", err)
	}
	return nil
}

// Read runs do on a connection of its own. It never waits for a writer and sees the state before its transaction.
func (c *Case) Read(ctx context.Context, do func(analysis.Engine) error) error {
	select {
	case conn := <-c.readers:
		defer func() { c.readers <- conn }()
		return stopped(ctx, do(conn))
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close checkpoints the case, seals it when it has a passphrase and removes the working folder.
func (c *Case) Close() error {
	c.closing.Do(func() { c.closed = c.close() })
	return c.closed
}

func (c *Case) close() error {
	c.checkpoint() // what it could not write stands in the log, which is looked at below
	err := c.shut()
	openCases.Delete(c.database)
	if err != nil {
		return fmt.Errorf("closing the case: %w", err)
	}
	if err := c.settled(); err != nil {
		return fmt.Errorf("closing the case: %w", err)
	}
	if c.database != c.path {
		if err := c.seal(); err != nil {
			return fmt.Errorf("closing the case: %w", &Unsaved{c.path, c.work, err})
		}
	}
	return os.RemoveAll(c.work)
}
