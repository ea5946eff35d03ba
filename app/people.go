package app

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/duty"
	"github.com/breachscope/breachscope/analysis/person"
	"github.com/breachscope/breachscope/app/casefile"
)

// Who is affected, counted from every side.
type Who struct {
	Counts       []person.Count       `json:"counts"`
	Nobody       []person.Unattached  `json:"records_of_nobody"`
	Combinations []person.Combination `json:"combinations"`
	Border       duty.Border          `json:"border"`
	Again        []person.Repeat      `json:"again"` // affected in an earlier incident too
}

// Who counts the persons on the lists.
func (c *Case) Who(ctx context.Context) (w Who, err error) {
	err = c.file.Read(ctx, func(db analysis.Engine) (err error) {
		if w.Counts, err = person.Counts(ctx, db, nil, ""); err != nil {
			return err
		}
		if w.Nobody, err = person.Nobody(ctx, db); err != nil {
			return err
		}
		if w.Combinations, err = person.Matrix(ctx, db); err != nil {
			return err
		}
		if w.Border, err = duty.Flows(ctx, db); err != nil {
			return err
		}
		w.Again, err = person.Again(ctx, db)
		return err
	})
	return w, err
}

// Earlier keeps the affected-people.csv of an earlier incident under the next number of the lists, so that who is
// affected again can be told.
func (c *Case) Earlier(ctx context.Context, path, incident string) (number int, err error) {
	if strings.TrimSpace(incident) == "" {
		return 0, &Problem{"an earlier list needs the name of its incident", "name it (--incident)", nil}
	}
	staged, sum, err := c.stage(path)
	if err != nil {
		return 0, err
	}
	defer os.Remove(staged)
	err = c.file.Write(ctx, func(tx *sql.Tx) error {
		e, err := casefile.Append(ctx, tx, c.actor, "earlier", map[string]string{"file": filepath.Base(path), "sha256": sum, "incident": incident})
		if err != nil {
			return err
		}
		number, err = person.Earlier(ctx, tx, person.Version{At: e.At, Reason: "list of an earlier incident", Incident: incident, Entry: e.Seq}, staged)
		return err
	})
	return number, err
}

// stage copies a file to where the engine may read, and hashes it.
func (c *Case) stage(path string) (staged, sum string, err error) {
	from, err := os.Open(path)
	if err != nil {
		return "", "", err
	}
	defer from.Close()
	to, err := os.CreateTemp(c.file.Staging(), "earlier-*.csv")
	if err != nil {
		return "", "", err
	}
	hash := sha256.New()
	_, err = io.Copy(io.MultiWriter(to, hash), from)
	if err = errors.Join(err, to.Close()); err != nil {
		return "", "", errors.Join(fmt.Errorf("copying %s: %w", path, err), os.Remove(to.Name()))
	}
	return to.Name(), hex.EncodeToString(hash.Sum(nil)), nil
}
