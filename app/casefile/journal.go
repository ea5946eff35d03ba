package casefile

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/breachscope/breachscope/analysis"
)

// Entry is one step of the investigator. Its hash covers everything else in it, the hash of the entry before included.
type Entry struct {
	Seq       int64           `json:"seq"` // 1, 2, 3, … without a hole
	At        time.Time       `json:"at"`  // UTC, to the microsecond
	Actor     string          `json:"actor"`
	Action    string          `json:"action"`
	Arguments json.RawMessage `json:"arguments"`
	Previous  string          `json:"previous"` // "" for the first
	Hash      string          `json:"hash"`     // SHA-256, hexadecimal
}

// Sum is the hash the entry should have.
func (e Entry) Sum() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d\n%s\n%s\n%s\n%s\n%s", e.Seq, e.At.UTC().Format(time.RFC3339Nano), e.Actor,
		e.Action, e.Arguments, e.Previous))
	return hex.EncodeToString(sum[:])
}

// Append adds a step to the journal, inside the transaction that carries it out.
func Append(ctx context.Context, tx analysis.Engine, actor, action string, arguments any) (Entry, error) {
	body, err := json.Marshal(arguments)
	if err != nil {
		return Entry{}, fmt.Errorf("writing the journal: %w", err)
	}
	e := Entry{Seq: 1, At: time.Now().UTC().Truncate(time.Microsecond), Actor: actor, Action: action, Arguments: body}
	err = tx.QueryRowContext(ctx, `SELECT seq + 1, hash FROM journal.entry ORDER BY seq DESC LIMIT 1`).Scan(&e.Seq, &e.Previous)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return Entry{}, fmt.Errorf("writing the journal: %w", err)
	}
	e.Hash = e.Sum()
	_, err = tx.ExecContext(ctx, `INSERT INTO journal.entry VALUES (?, ?, ?, ?, ?, ?, ?)`,
		e.Seq, e.At, e.Actor, e.Action, string(e.Arguments), e.Previous, e.Hash)
	if err != nil {
		return Entry{}, fmt.Errorf("writing the journal: %w", err)
	}
	return e, nil
}

// Journal returns all steps in order.
func Journal(ctx context.Context, db analysis.Engine) ([]Entry, error) {
	rows, err := db.QueryContext(ctx, `SELECT seq, "at", actor, action, arguments, previous, hash FROM journal.entry ORDER BY seq`)
	if err != nil {
		return nil, fmt.Errorf("reading the journal: %w", err)
	}
	defer rows.Close()
	var entries []Entry
	for rows.Next() {
		var e Entry
		var arguments string
		if err := rows.Scan(&e.Seq, &e.At, &e.Actor, &e.Action, &arguments, &e.Previous, &e.Hash); err != nil {
			return nil, fmt.Errorf("reading the journal: %w", err)
		}
		e.At, e.Arguments = e.At.UTC(), json.RawMessage(arguments)
		entries = append(entries, e)
	}
	return entries, rows.Err()
}

// CheckChain says which entry breaks the chain, if one does.
func CheckChain(entries []Entry) error {
	previous := ""
	for i, e := range entries {
		switch {
		case e.Seq != int64(i+1):
			return fmt.Errorf("journal entry %d is missing", i+1)
		case e.Previous != previous:
			return fmt.Errorf("journal entry %d does not follow the one before it", e.Seq)
		case e.Hash != e.Sum():
			return fmt.Errorf("journal entry %d was changed after it was written", e.Seq)
		}
		previous = e.Hash
	}
	return nil
}

// Setting returns a setting of the case, "" when it was never made.
func Setting(ctx context.Context, db analysis.Engine, name string) (string, error) {
	var value string
	err := db.QueryRowContext(ctx, `SELECT value FROM main.setting WHERE name = ?`, name).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("reading setting %s: %w", name, err)
	}
	return value, nil
}

// SetSetting makes or changes a setting of the case.
func SetSetting(ctx context.Context, db analysis.Engine, name, value string) error {
	if _, err := db.ExecContext(ctx, `INSERT OR REPLACE INTO main.setting VALUES (?, ?)`, name, value); err != nil {
		return fmt.Errorf("changing setting %s: %w", name, err)
	}
	return nil
}
