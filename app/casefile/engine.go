package casefile

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"

	"github.com/duckdb/duckdb-go/v2"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/person"
)

// connect opens the engine with nothing allowed but the staging folder.
func (c *Case) connect(ctx context.Context, o Options) error {
	c.memory = cmp.Or(o.Memory, "2GB")
	readers := o.Readers
	if readers == 0 {
		readers = 4
	}
	private() // what the engine writes is for the investigator's eyes
	connector, err := duckdb.NewConnector(c.source(o), nil)
	if err != nil {
		return err
	}
	c.connector, c.db = connector, sql.OpenDB(connector)
	c.db.SetMaxOpenConns(readers + 1)
	c.writer, c.readers = make(chan *sql.Conn, 1), make(chan *sql.Conn, readers)
	for i := range readers + 1 {
		conn, err := c.db.Conn(ctx)
		if err != nil {
			return err
		}
		// session settings have to be made before the lock
		if _, err := conn.ExecContext(ctx, "SET TimeZone='UTC'"); err != nil {
			return err
		}
		if i == 0 {
			if err := person.Register(conn); err != nil { // functions cannot be added after the lock
				return err
			}
			c.writer <- conn
		} else {
			c.readers <- conn
		}
	}
	return c.lockDown(ctx)
}

// source is the engine's connection string. Storage version 1.5.0 is named so that an upgrade of the driver does not
// silently write files which an older program cannot read.
func (c *Case) source(o Options) string {
	options := url.Values{
		"storage_compatibility_version": {"v1.5.0"}, "autoload_known_extensions": {"false"},
		"autoinstall_known_extensions": {"false"}, "allow_community_extensions": {"false"},
		"allow_persistent_secrets": {"false"}, "memory_limit": {c.memory}, "threads": {strconv.Itoa(o.Threads)},
	}
	if o.Threads == 0 {
		options.Set("threads", strconv.Itoa(runtime.NumCPU()))
	}
	return c.database + "?" + options.Encode()
}

func (c *Case) lockDown(ctx context.Context) error {
	conn := <-c.writer
	defer func() { c.writer <- conn }()
	for _, statement := range []string{
		"SET temp_directory=" + analysis.Literal(filepath.Join(c.work, "spill")),
		"SET max_temp_directory_size='50GB'",
		"SET max_vacuum_tasks=0", // a checkpoint after an import would rewrite the whole table
		"SET allowed_directories=[" + analysis.Literal(c.Staging()) + "]",
		"SET enable_external_access=false",
		"SET allowed_configs=['memory_limit']", // see Bounded
		"SET lock_configuration=true",
	} {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("locking the engine down: %w", err)
		}
	}
	return nil
}

// Bounded runs do while the engine holds no more than limit in memory, as "500MB". A case whose own limit is lower keeps
// it, and one that is bounded already, or has more in use than that, stays as it is.
func (c *Case) Bounded(ctx context.Context, limit string, do func() error) error {
	if !c.bounding.TryLock() {
		return do()
	}
	defer c.bounding.Unlock()
	err := c.Read(ctx, func(db analysis.Engine) error {
		var higher bool
		err := db.QueryRowContext(ctx, "SELECT parse_formatted_bytes(?) > parse_formatted_bytes(?)", c.memory, limit).Scan(&higher)
		if err != nil || !higher {
			return err
		}
		_, err = db.ExecContext(ctx, "SET memory_limit="+analysis.Literal(limit))
		return err
	})
	if err == nil {
		defer c.Read(context.WithoutCancel(ctx), func(db analysis.Engine) error {
			_, err := db.ExecContext(context.WithoutCancel(ctx), "SET memory_limit="+analysis.Literal(c.memory))
			return err // more is always granted
		})
	}
	return do()
}

// OutOfMemory says whether the engine gave a step up because it did not fit into its memory.
func OutOfMemory(err error) bool {
	var problem *duckdb.Error
	return errors.As(err, &problem) && problem.Type == duckdb.ErrorTypeOutOfMemory
}

// checkpoint brings the log into the database, as far as that can be done.
func (c *Case) checkpoint() error {
	if c.connector == nil {
		return nil
	}
	conn := <-c.writer
	defer func() { c.writer <- conn }()
	_, err := conn.ExecContext(context.Background(), "CHECKPOINT")
	return err
}

// settled says whether the closed database holds everything. An empty log goes; one with steps in it stays, and with it
// the mark by which it is known as the case's own.
func (c *Case) settled() error {
	log := c.database + ".wal"
	info, err := os.Lstat(log)
	switch {
	case err != nil:
		return nil
	case info.Size() == 0:
		return os.Remove(log)
	}
	return &Unsaved{c.path, log, nil}
}

// shut closes all connections and the engine, which checkpoints.
func (c *Case) shut() error {
	if c.connector == nil {
		return nil
	}
	var problems []error
	for range cap(c.readers) {
		select {
		case conn := <-c.readers:
			problems = append(problems, conn.Close())
		default:
		}
	}
	select {
	case conn := <-c.writer:
		problems = append(problems, conn.Close())
	default:
	}
	problems = append(problems, c.db.Close(), c.connector.Close())
	c.connector = nil
	return errors.Join(problems...)
}

// makeWork makes the private folder afresh: what an earlier, killed process left there is plaintext nobody needs.
func (c *Case) makeWork() error {
	if err := os.RemoveAll(filepath.Join(c.work, "staging")); err != nil {
		return err
	}
	if err := os.RemoveAll(filepath.Join(c.work, "spill")); err != nil {
		return err
	}
	for _, folder := range []string{c.work, filepath.Join(c.work, "staging"), filepath.Join(c.work, "spill")} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return err
		}
	}
	return nil
}
