package casefile

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
)

//go:embed migrations/*.sql
var migrations embed.FS

// upgrade brings the schema of an existing case to the newest version. It leaves databases alone that are no cases.
func (c *Case) upgrade(tx *sql.Tx) error {
	has, err := version(context.Background(), tx)
	if err == nil && has == 0 {
		err = &NotACase{c.path, "it is the database of another program"}
	}
	if err != nil {
		return err
	}
	return migrate(tx)
}

// migrate brings the schema to the newest version. Migration n is the n-th file of the folder migrations.
func migrate(tx *sql.Tx) error {
	ctx := context.Background()
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	has, err := version(ctx, tx)
	if err != nil {
		return err
	}
	if has > len(files) {
		return &Newer{has, len(files)}
	}
	if err := sameBuild(ctx, tx, files[:has]); err != nil {
		return err
	}
	for _, name := range files[has:] {
		text, err := migrations.ReadFile(name)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, string(text)); err != nil {
			return fmt.Errorf("migrating the case (%s): %w", name, err)
		}
	}
	if has == len(files) {
		return nil
	}
	sum, err := sumOf(files)
	if err != nil {
		return err
	}
	return errors.Join(SetSetting(ctx, tx, "schema", strconv.Itoa(len(files))), SetSetting(ctx, tx, "schema_sum", sum))
}

// sameBuild refuses a case whose tables were made by other statements than those of the same number here, as builds
// between releases have them.
func sameBuild(ctx context.Context, tx *sql.Tx, applied []string) error {
	if len(applied) == 0 {
		return nil
	}
	has, err := Setting(ctx, tx, "schema_sum")
	if err != nil {
		return err
	}
	if want, err := sumOf(applied); err != nil || has != want {
		return errors.Join(err, &OtherBuild{})
	}
	return nil
}

var remark = regexp.MustCompile(`--[^\n]*|\s+`)

// sumOf is the SHA-256 of migrations, remarks and space left out.
func sumOf(files []string) (string, error) {
	sum := sha256.New()
	for _, name := range files {
		text, err := migrations.ReadFile(name)
		if err != nil {
			return "", err
		}
		sum.Write(remark.ReplaceAll(text, nil))
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

func version(ctx context.Context, tx *sql.Tx) (int, error) {
	var tables int
	err := tx.QueryRowContext(ctx, `SELECT count(*) FROM information_schema.tables
		WHERE table_schema = 'main' AND table_name = 'setting'`).Scan(&tables)
	if err != nil || tables == 0 {
		return 0, err
	}
	text, err := Setting(ctx, tx, "schema")
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(text)
}
