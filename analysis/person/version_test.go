package person_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/person"
	"github.com/breachscope/breachscope/app/casefile"
)

// listed exposes contacts anew and derives the lists.
func listed(t *testing.T, c *casefile.Case, exposures string) {
	t.Helper()
	write(t, c, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM analysis.listed; DELETE FROM analysis.listing; INSERT INTO analysis.listing
			SELECT id, list, grade, 'acquired', fields, [], [], [], '2025-10-21', '2025-10-21', '' FROM (VALUES `+exposures+`) v(id, list, grade, fields);
			INSERT INTO analysis.listed SELECT id, id FROM analysis.listing`)
		return err
	})
	derive(t, c)
}

func freeze(t *testing.T, c *casefile.Case, reason string) (number int) {
	t.Helper()
	write(t, c, func(ctx context.Context, tx *sql.Tx) (err error) {
		number, err = person.Freeze(ctx, tx, person.Version{At: time.Date(2025, 10, 30, 0, 0, 0, 0, time.UTC), Reason: reason, Entry: 7})
		return err
	})
	return number
}

func TestVersionsOfTheLists(t *testing.T) {
	c := newCase(t)
	customers(t, c, map[string]string{"Contact": contacts(contact{name: "A"}, contact{name: "B"}, contact{name: "C"}, contact{name: "D"}, contact{name: "E"})})
	listed(t, c, `(1, 'possible', 'bounded', ['Email']), (2, 'confirmed', 'replayed', ['Email']), (3, 'confirmed', 'replayed', ['Email']), (4, 'possible', 'bounded', ['Email'])`)
	first := freeze(t, c, "first notice")
	listed(t, c, `(1, 'confirmed', 'replayed', ['Email']), (2, 'confirmed', 'replayed', ['Email', 'Name']), (3, 'confirmed', 'replayed', ['Email']), (5, 'possible', 'bounded', ['Email'])`)
	second := freeze(t, c, "more logs")
	var changes []person.Change
	var counts map[string]int64
	var versions []person.Version
	err := c.Read(t.Context(), func(db analysis.Engine) (err error) {
		if changes, err = person.Changes(t.Context(), db, first, second, 100, 0); err != nil {
			return err
		}
		if versions, err = person.Versions(t.Context(), db); err != nil {
			return err
		}
		counts, err = person.ChangeCounts(t.Context(), db, first, second)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(versions) != 2 || versions[0].Reason != "first notice" || versions[1].Persons != 4 {
		t.Errorf("versions %+v", versions)
	}
	if want := map[string]int64{"added": 1, "removed": 1, "moved": 1, "fields": 1}; !reflect.DeepEqual(counts, want) {
		t.Errorf("changes %v, want %v: %+v", counts, want, changes)
	}
	for _, change := range changes {
		if change.What == "moved" && (change.OldList != "possible" || change.NewList != "confirmed" || change.NewGrade != "replayed") {
			t.Errorf("moved: %+v", change)
		}
		if change.What == "fields" && !slices.Equal(change.More, []string{"Contact.Name"}) {
			t.Errorf("fields: %+v", change)
		}
	}
}

func TestAffectedForTheSecondTime(t *testing.T) {
	c := newCase(t)
	customers(t, c, map[string]string{"Contact": contacts(contact{name: "A"}, contact{name: "B"}, contact{name: "C"})})
	listed(t, c, `(1, 'confirmed', 'replayed', ['Email']), (2, 'confirmed', 'replayed', ['Email'])`)
	path := filepath.Join(c.Staging(), "earlier.csv")
	text := "person_id,records,name,residence,list\nx," + id("003", 2) + ";" + id("500", 9) + ",B,KR,confirmed\ny," + id("003", 3) + ",C,KR,confirmed\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var again []person.Repeat
	write(t, c, func(ctx context.Context, tx *sql.Tx) (err error) {
		if _, err := person.Earlier(ctx, tx, person.Version{At: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC), Incident: "January"}, path); err != nil {
			return err
		}
		again, err = person.Again(ctx, tx)
		return err
	})
	if len(again) != 1 || again[0].Incident != "January" || again[0].List != analysis.Confirmed {
		t.Errorf("again: %+v", again)
	}
}

func TestNobodyAndMatrix(t *testing.T) {
	c := newCase(t)
	customers(t, c, map[string]string{
		"Contact": contacts(contact{name: "A", email: "a@naver.com", country: "KR"}, contact{name: "B", country: "KR"}),
		"Case":    "Id,ContactId,SuppliedEmail,Subject\n" + id("500", 1) + ",,guest@gmail.com,x\n" + id("500", 2) + ",,A@naver.com,x\n" + id("500", 3) + ",,,x\n"})
	listed(t, c, `(1, 'confirmed', 'replayed', ['Email']), (2, 'confirmed', 'replayed', ['Email', 'Name']), (3, 'confirmed', 'replayed', ['Subject']), (4, 'confirmed', 'replayed', ['Subject']), (5, 'possible', 'bounded', ['Subject'])`)
	err := c.Read(t.Context(), func(db analysis.Engine) error {
		nobody, err := person.Nobody(t.Context(), db)
		if want := []person.Unattached{{"Case", "confirmed", 1}, {"Case", "possible", 1}}; err != nil || !reflect.DeepEqual(nobody, want) {
			t.Errorf("nobody's records %v (%v), want %v", nobody, err, want)
		}
		matrix, err := person.Matrix(t.Context(), db)
		if want := []person.Combination{{"confirmed", []string{"contact"}, "KR", 1}, {"confirmed", []string{"contact", "name"}, "KR", 1}}; err != nil || !reflect.DeepEqual(matrix, want) {
			t.Errorf("matrix %v (%v), want %v", matrix, err, want)
		}
		counts, err := person.Counts(t.Context(), db, nil, "")
		if want := []person.Count{{"confirmed", "person", 2, 2, 2}}; err != nil || !reflect.DeepEqual(counts, want) {
			t.Errorf("counts %v (%v), want %v", counts, err, want)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
