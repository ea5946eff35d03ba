package app

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/app/casefile"
	"github.com/breachscope/breachscope/app/export"
)

// ExportOptions of one export.
type ExportOptions = export.Options

// Manifest lists what an export holds.
type Manifest = export.Manifest

// Export writes workbook, lists, journal and manifest into the fresh folder dir. Lists that do not fit the present
// evidence and verdicts are derived first.
func (c *Case) Export(ctx context.Context, dir string, o ExportOptions, p analysis.Progress) (m Manifest, err error) {
	if err := export.Ready(dir, o); err != nil {
		return m, err
	}
	scoped, err := c.Scoped(ctx)
	if err != nil {
		return m, err
	}
	if !scoped {
		if _, err := c.Scope(ctx, p); err != nil {
			return m, err
		}
	}
	if o.Actor == "" {
		o.Actor = c.actor
	}
	if o.Program == "" {
		o.Program = "Breachscope " + Version
	}
	if o.Facts, err = c.Facts(ctx); err != nil {
		return m, err
	}
	if o.Rules, err = c.Rules(ctx); err != nil {
		return m, err
	}
	// the step stands in the journal before it is taken, so that the exported journal holds it
	err = c.file.Write(ctx, func(tx *sql.Tx) error {
		_, err := casefile.Append(ctx, tx, c.actor, "export", map[string]string{"folder": dir, "reason": o.Reason})
		return err
	})
	if err != nil {
		return m, err
	}
	if m, err = export.Write(ctx, c.file, dir, o, p); err != nil {
		err = errors.Join(err, c.file.Write(context.WithoutCancel(ctx), func(tx *sql.Tx) error {
			_, err := casefile.Append(ctx, tx, c.actor, "export failed", map[string]string{"folder": dir})
			return err
		}))
	}
	return m, err
}

// IsExport says whether path is the folder of an export, or one packed for transport, rather than a case.
func IsExport(path string) bool {
	info, err := os.Stat(path)
	return err == nil && (info.IsDir() || export.IsPacked(path))
}

// Verification is what a check found.
type Verification = export.Report

// Verify checks the case: the journal's chain, the register's accounts, and that every block can be read.
func (c *Case) Verify(ctx context.Context) (Verification, error) {
	v, err := export.VerifyCase(ctx, c.file, nil)
	if err != nil {
		return v, fmt.Errorf("verifying the case: %w", err)
	}
	return v, nil
}

// VerifyExport checks the folder of an export: hashes, chain, signature and totals.
func VerifyExport(ctx context.Context, dir string) (Verification, error) {
	return export.Verify(ctx, dir)
}
