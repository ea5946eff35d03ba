package app

import (
	"context"
	"database/sql"
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/evidence"
	"github.com/breachscope/breachscope/app/casefile"
)

// Treatment is what the investigator does with a row that was not loaded, and why.
type Treatment struct {
	File   string            `json:"file"`           // SHA-256
	Name   string            `json:"name,omitempty"` // in the register: tells identical files of two organisations apart
	Line   int64             `json:"line"`           // record number, the header being 1
	Values map[string]string `json:"values,omitempty"`
	Reason string            `json:"reason"`
}

func (t Treatment) check() error {
	if strings.TrimSpace(t.Reason) == "" {
		return &Problem{"what is done with a rejected row needs a reason", "say in a sentence why", nil}
	}
	return nil
}

// AcceptReject notes that rejected rows were looked at and are rightly left out: all of them, or none.
func (c *Case) AcceptReject(ctx context.Context, list ...Treatment) error {
	return c.file.Write(ctx, func(tx *sql.Tx) error {
		for _, t := range list {
			if err := t.check(); err != nil {
				return err
			}
			file, err := fileOf(ctx, tx, t.File, t.Name)
			if err != nil {
				return err
			}
			if err := evidence.Accept(ctx, tx, file, t.Line); err != nil {
				return err
			}
			if _, err := casefile.Append(ctx, tx, c.actor, "accept", t); err != nil {
				return err
			}
		}
		return nil
	})
}

// RepairReject loads a rejected row with values read from its text, by column, and derives everything again.
func (c *Case) RepairReject(ctx context.Context, t Treatment, p analysis.Progress) error {
	if err := t.check(); err != nil {
		return err
	}
	return c.file.Write(ctx, func(tx *sql.Tx) error {
		file, err := fileOf(ctx, tx, t.File, t.Name)
		if err != nil {
			return err
		}
		if err := evidence.Repair(ctx, tx, c.catalog, file, t.Line, t.Values); err != nil {
			return err
		}
		if _, err := casefile.Append(ctx, tx, c.actor, "repair", t); err != nil {
			return err
		}
		return c.deriveSessions(ctx, tx, p)
	})
}

// ExportRejects writes the rows of a file that were not loaded as a CSV file: record number, state, reason and text. That
// they left the case stands in the journal.
func (c *Case) ExportRejects(ctx context.Context, file int32, path string) error {
	to, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("writing rejected rows: %w", err)
	}
	out := csv.NewWriter(to)
	out.UseCRLF = true
	name := ""
	err = out.Write([]string{"file", "line", "state", "reason", "text"})
	err = errors.Join(err, c.read(ctx, statement("rejects"), []any{file, file, math.MaxInt64, 0}, func(rows *sql.Rows) error {
		var r Reject
		if err := rows.Scan(&r.File, &r.Line, &r.Name, &r.Reason, &r.Text, &r.State); err != nil {
			return err
		}
		name = r.Name
		return out.Write([]string{r.Name, strconv.FormatInt(r.Line, 10), r.State, r.Reason, r.Text})
	}))
	out.Flush()
	if err = errors.Join(err, out.Error(), to.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return c.file.Write(ctx, func(tx *sql.Tx) error {
		_, err := casefile.Append(ctx, tx, c.actor, "export", map[string]string{"file": path, "reason": "rejected rows of " + name})
		return err
	})
}

// fileOf is the file of that hash, and of that name where identical ones are told apart by it.
func fileOf(ctx context.Context, tx analysis.Engine, sum, name string) (id int32, err error) {
	id, err = evidence.FileOf(ctx, tx, sum, name)
	if err == nil && id == 0 {
		err = &Problem{"there is no file " + strings.TrimSpace(name+" "+sum), "copy its SHA-256 from the register", nil}
	}
	return id, err
}

// Columns lists the columns of the table that a file's rows lie in, in their order.
func (c *Case) Columns(ctx context.Context, file int32) (names []string, err error) {
	query := `SELECT column_name FROM information_schema.columns c JOIN evidence.file f ON f.id = ?
		AND c.table_schema = CASE WHEN f.object = '' THEN 'raw' ELSE 'snapshot' END AND c.table_name = CASE WHEN f.object = '' THEN f.kind ELSE f.object END
		WHERE column_name NOT IN ('file', 'line', 'utc') ORDER BY ordinal_position`
	err = c.read(ctx, query, []any{file}, func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		names = append(names, name)
		return err
	})
	return names, err
}

// Preview is what a file looks like before it is taken.
type Preview = evidence.Preview

// Look reads the first rows of a file and proposes a mapping when its kind is not known. The case stays as it is.
func (c *Case) Look(ctx context.Context, path string, o evidence.Options) (p Preview, err error) {
	err = c.file.Read(ctx, func(db analysis.Engine) error {
		own, err := c.catalog.OfCase(ctx, db)
		if err != nil {
			return err
		}
		p, err = evidence.Look(ctx, db, own, c.file.Staging(), path, o)
		return err
	})
	return p, err
}
