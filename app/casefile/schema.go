package casefile

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"strconv"
)

//go:embed migrations/*.sql
var migrations embed.FS

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
	return SetSetting(ctx, tx, "schema", strconv.Itoa(len(files)))
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
