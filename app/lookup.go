package app

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/breachscope/breachscope/app/casefile"
)

// Entry is one step in the journal.
type Entry = casefile.Entry

// NeedsPassphrase says whether a case could not be opened for want of its passphrase.
func NeedsPassphrase(err error) bool {
	var sealed *casefile.Sealed
	return errors.As(err, &sealed)
}

// Session returns the session of that number in the list of sessions.
func (c *Case) Session(ctx context.Context, id int32) (s Session, err error) {
	found := false
	query := `SELECT * EXCLUDE (haystack) FROM (` + statement("sessions") + `) WHERE id = ?`
	err = c.read(ctx, query, []any{id}, func(rows *sql.Rows) (err error) {
		found = true
		s, err = scanSession(rows)
		return err
	})
	if err == nil && !found {
		err = &Problem{fmt.Sprintf("there is no session %d", id), "read the list of sessions again", nil}
	}
	return s, err
}

// Account is what was done under one login, and the part of it in attacker sessions.
type Account struct {
	Login, Person              string
	Sessions, AttackerSessions int64
	Events, Rows, AttackerRows int64
}

// Accounts lists the accounts that matter most: those with rows in attacker sessions, then those that read most.
func (c *Case) Accounts(ctx context.Context, limit int) (accounts []Account, err error) {
	err = c.read(ctx, statement("accounts"), []any{limit}, func(rows *sql.Rows) error {
		var a Account
		err := rows.Scan(&a.Login, &a.Person, &a.Sessions, &a.AttackerSessions, &a.Events, &a.Rows, &a.AttackerRows)
		accounts = append(accounts, a)
		return err
	})
	return accounts, err
}

// Reveal journals that personal values are shown in clear, and why.
func (c *Case) Reveal(ctx context.Context, reason string) error {
	if strings.TrimSpace(reason) == "" {
		return &Problem{"showing personal values needs a reason", "say in a sentence what they are needed for", nil}
	}
	return c.file.Write(ctx, func(tx *sql.Tx) error {
		_, err := casefile.Append(ctx, tx, c.actor, "reveal", map[string]string{"reason": reason})
		return err
	})
}
