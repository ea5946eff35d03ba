package session

import (
	"context"
	"embed"
	"fmt"
	"strings"

	"github.com/breachscope/breachscope/analysis"
)

//go:embed sql/*.sql
var statements embed.FS

// namespace of the UUIDv5 by which sessions are known outside the case file.
const namespace = "8f1d1b8f5c0e5b5e9d0a6f1e0c9a4b7d"

// Derive empties and refills session, segment, attribution and finding from the events.
func Derive(ctx context.Context, db analysis.Engine, settings analysis.Settings, progress analysis.Progress) error {
	steps := []struct {
		name string
		do   func() error
	}{
		{"keys", func() error { return run(ctx, db, "key") }},
		{"clients under one key", func() error { return split(ctx, db) }},
		{"rows without a client", func() error { return run(ctx, db, "contested") }},
		{"rows without a key", func() error { return run(ctx, db, "loose") }},
		{"sessions", func() error { return run(ctx, db, "session") }},
		{"segments", func() error { return run(ctx, db, "segment") }},
		{"tidying", func() error { return run(ctx, db, "tidy") }},
	}
	for i, s := range steps {
		progress.Tell(analysis.Step{Name: s.name, Done: int64(i), Total: int64(len(steps))})
		if err := s.do(); err != nil {
			return fmt.Errorf("deriving sessions: %s: %w", s.name, err)
		}
	}
	return nil
}

// run executes the statements of an embedded file one by one, so that a cancelled context stops between them too.
func run(ctx context.Context, db analysis.Engine, file string) error {
	text, err := statements.ReadFile("sql/" + file + ".sql")
	if err != nil {
		return err
	}
	for _, s := range strings.Split(string(text), ";\n") {
		if strings.TrimSpace(s) == "" {
			continue
		}
		if _, err := db.ExecContext(ctx, s); err != nil {
			return fmt.Errorf("%s: %w in %.160s", file, err, strings.TrimSpace(s))
		}
	}
	return nil
}
