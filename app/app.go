// Package app is what an investigator can do to a case. Every step that changes the case goes through here and into
// the journal; everything the screens and the command line show is asked here.
package app

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // for systems without a time-zone database

	"github.com/google/uuid"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/evidence"
	"github.com/breachscope/breachscope/app/casefile"
	"github.com/breachscope/breachscope/assets"
)

// Version of the program; it stands on every export.
const Version = "0.1.0"

//go:embed sql/*.sql
var statements embed.FS

// statement returns the text of sql/NAME.sql.
func statement(name string) string {
	text, err := statements.ReadFile("sql/" + name + ".sql")
	if err != nil {
		panic(err) // the name is a constant of this package
	}
	return string(text)
}

// Case is an open case. Its methods may be called from any goroutine; long ones take a context and stop with it.
type Case struct {
	file    *casefile.Case
	catalog *evidence.Catalog
	actor   string
}

// Info is what a case is called and how it reads times.
type Info struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Path     string `json:"path"`
	Timezone string `json:"timezone"` // IANA name of the organisation's time zone
	Created  string `json:"created"`  // ISO 8601, UTC
}

// Options of a new or opened case.
type Options struct {
	Name        string // what it is called; the file's name when empty
	Timezone    string // IANA name; UTC when empty
	FiscalStart int    // first month of the fiscal year; January when 0
	Passphrase  string // seals a new case, opens a sealed one
	Memory      string // limit of the engine, as "2GB"
}

func (o Options) engine() casefile.Options {
	return casefile.Options{Passphrase: o.Passphrase, Memory: o.Memory}
}

// New creates a case file at path.
func New(ctx context.Context, path string, o Options) (*Case, error) {
	if o.Timezone == "" {
		o.Timezone = "UTC"
	}
	if _, err := time.LoadLocation(o.Timezone); err != nil {
		return nil, &Problem{fmt.Sprintf("%q is no time zone", o.Timezone), "give an IANA name such as Asia/Seoul or Europe/Paris", err}
	}
	if o.Name == "" {
		o.Name = strings.TrimSuffix(filepath.Base(path), casefile.Extension)
	}
	if o.FiscalStart == 0 {
		o.FiscalStart = 1
	}
	if o.FiscalStart < 1 || o.FiscalStart > 12 {
		return nil, &Problem{fmt.Sprintf("there is no month %d", o.FiscalStart), "give the first month of the fiscal year as 1 to 12", nil}
	}
	file, err := casefile.Create(ctx, path, o.engine())
	if err != nil {
		return nil, err
	}
	c, err := wrap(file)
	if err == nil {
		err = c.begin(ctx, o)
	}
	if err != nil {
		file.Close()
		os.Remove(file.Path())
		return nil, err
	}
	return c, nil
}

// begin writes the settings and the first journal entry.
func (c *Case) begin(ctx context.Context, o Options) error {
	return c.file.Write(ctx, func(tx *sql.Tx) error {
		settings := map[string]string{"case": uuid.NewString(), "name": o.Name, "timezone": o.Timezone,
			"fiscal_start": strconv.Itoa(o.FiscalStart), "created": time.Now().UTC().Format(time.RFC3339)}
		for name, value := range settings {
			if err := casefile.SetSetting(ctx, tx, name, value); err != nil {
				return err
			}
		}
		settings["version"] = Version
		_, err := casefile.Append(ctx, tx, c.actor, "new", settings)
		return err
	})
}

// Open opens an existing case.
func Open(ctx context.Context, path string, o Options) (*Case, error) {
	file, err := casefile.Open(ctx, path, o.engine())
	if err != nil {
		return nil, err
	}
	c, err := wrap(file)
	if err != nil {
		file.Close()
		return nil, err
	}
	return c, nil
}

func wrap(file *casefile.Case) (*Case, error) {
	catalog, err := evidence.LoadCatalog(assets.Folder("kinds"))
	if err != nil {
		return nil, fmt.Errorf("reading the kinds of evidence: %w", err)
	}
	return &Case{file: file, catalog: catalog, actor: actor()}, nil
}

// actor names who works on the case, for the journal.
func actor() string {
	name := "unknown"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	if host, err := os.Hostname(); err == nil {
		name += "@" + host
	}
	return name
}

// Close saves the case. A sealed case is encrypted again.
func (c *Case) Close() error { return c.file.Close() }

// Info returns name, zone and place of the case.
func (c *Case) Info(ctx context.Context) (Info, error) {
	info := Info{Path: c.file.Path()}
	err := c.file.Read(ctx, func(db analysis.Engine) (err error) {
		for name, field := range map[string]*string{"case": &info.ID, "name": &info.Name, "timezone": &info.Timezone, "created": &info.Created} {
			if *field, err = casefile.Setting(ctx, db, name); err != nil {
				return err
			}
		}
		return nil
	})
	return info, err
}

// settings of the derivation, as the case has them.
func settings(ctx context.Context, db analysis.Engine) (analysis.Settings, error) {
	zone, err := casefile.Setting(ctx, db, "timezone")
	if err != nil {
		return analysis.Settings{}, err
	}
	fiscal, err := casefile.Setting(ctx, db, "fiscal_start")
	if err != nil {
		return analysis.Settings{}, err
	}
	month, err := strconv.Atoi(fiscal)
	if err != nil {
		month = 1
	}
	s := analysis.Settings{Timezone: zone, FiscalStart: month}
	return s, readGiven(ctx, db, "networks", &s.Networks)
}

// Journal returns every step taken so far, oldest first.
func (c *Case) Journal(ctx context.Context) (entries []casefile.Entry, err error) {
	err = c.file.Read(ctx, func(db analysis.Engine) (err error) {
		entries, err = casefile.Journal(ctx, db)
		return err
	})
	return entries, err
}
