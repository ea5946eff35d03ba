package person_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/evidence"
	"github.com/breachscope/breachscope/app/casefile"
	"github.com/breachscope/breachscope/assets"
)

// incident is the folder of a complete invented incident, which stands beside the module where it is developed.
func incident(t testing.TB) string {
	t.Helper()
	folder, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; folder != filepath.Dir(folder); folder = filepath.Dir(folder) {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			break
		}
	}
	shared := filepath.Join(filepath.Dir(folder), "shared", "incident")
	if _, err := os.Stat(shared); err != nil {
		t.Skip("the invented incident is not here: ", shared)
	}
	return shared
}

type truth struct {
	Persons map[string]struct {
		Ideal, Residence, Kind string
		From                   string `json:"residence_from"`
	}
	PersonOfContact map[string]string `json:"person_of_contact"`
	Duplicates      []struct {
		A, B, How  string
		Detectable bool
	} `json:"duplicate_pairs"`
	Ambiguous [][2]string `json:"ambiguous_pairs"`
	Records   []struct {
		Object, ID, Person string
		ConfirmedBy        []string `json:"confirmed_by"`
		PossibleBy         []string `json:"possible_by"`
		FirstAt            string   `json:"first_at"`
	}
}

func readTruth(t testing.TB, folder string) (known truth) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, "truth.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &known); err != nil {
		t.Fatal(err)
	}
	return known
}

// TestIncident holds the persons of an invented incident against what is known of it. The exposures are the ones an
// ideal analysis finds, so only the persons are judged.
func TestIncident(t *testing.T) {
	folder := incident(t)
	known := readTruth(t, folder)
	c := newCase(t)
	loadCustomers(t, c, filepath.Join(folder, "evidence", "customers"))
	expose(t, c, known)
	derive(t, c)

	confirmed := query(t, c, `SELECT p.person_id, p.residence FROM analysis.affected a JOIN analysis.person p ON p.id = a.person
		WHERE a.list = 'confirmed' AND p.kind = 'person'`)
	want := 0
	for _, p := range known.Persons {
		if p.Ideal == "confirmed" && p.Kind == "person" {
			want++
		}
	}
	if off := len(confirmed) - want; off > want/100 || off < -want/100 {
		t.Errorf("%d persons confirmed, %d are known to be", len(confirmed), want)
	}
	t.Logf("confirmed persons: %d, known %d; all %v", len(confirmed), want, query(t, c, `SELECT p.kind, a.list, count(*) FROM analysis.affected a JOIN analysis.person p ON p.id = a.person GROUP BY ALL ORDER BY ALL`))
	checkPairs(t, c, known)
	checkCountries(t, c, known)
}

// loadCustomers loads customer tables as the program does and registers their rows.
func loadCustomers(t *testing.T, c *casefile.Case, folder string) {
	t.Helper()
	catalog, err := evidence.LoadCatalog(assets.Folder("kinds"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, c, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := evidence.Add(ctx, tx, catalog, c.Staging(), []string{folder}, evidence.Options{}, nil); err != nil {
			return err
		}
		for _, object := range []string{"User", "Account", "Contact", "Order", "Asset", "Case"} {
			_, err := tx.ExecContext(ctx, `INSERT INTO analysis.record SELECT (SELECT coalesce(max(id), 0) FROM analysis.record) + row_number() OVER (), '`+
				object+`', id18("Id"), true, "file", "line" FROM snapshot.`+analysis.Quote(object))
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func expose(t *testing.T, c *casefile.Case, known truth) {
	t.Helper()
	var confirmed, possible []string
	for _, r := range known.Records {
		switch {
		case len(r.ConfirmedBy) > 0:
			confirmed = append(confirmed, r.ID)
		case len(r.PossibleBy) > 0:
			possible = append(possible, r.ID)
		}
	}
	write(t, c, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO analysis.listing
			SELECT id, IF(list_contains($1, record_id), 'confirmed', 'possible'), IF(list_contains($1, record_id), 'replayed', 'bounded'),
			       'acquired', ['Name'], [], [], [], '2025-10-21', '2025-10-21', ''
			FROM analysis.record WHERE record_id IN (SELECT unnest($1) UNION ALL SELECT unnest($2))`, confirmed, possible); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO analysis.listed SELECT id, id FROM analysis.listing")
		return err
	})
}

func checkPairs(t *testing.T, c *casefile.Case, known truth) {
	t.Helper()
	group := map[string]string{}
	members := map[string][]string{}
	for _, line := range query(t, c, `SELECT r.record_id, p.person FROM analysis.person_record p JOIN analysis.record r ON r.id = p.record WHERE r.object = 'Contact'`) {
		id, person, _ := strings.Cut(line, "|")
		group[id] = person
		members[person] = append(members[person], id)
	}
	hit, all := 0, 0
	for _, pair := range known.Duplicates {
		if group[pair.A] == "" || group[pair.B] == "" || !pair.Detectable {
			continue
		}
		all++
		if group[pair.A] == group[pair.B] {
			hit++
		} else {
			t.Logf("not united (%s): %s %s", pair.How, pair.A, pair.B)
		}
	}
	if hit*10 < all*9 {
		t.Errorf("%d of %d duplicates are united", hit, all)
	}
	unsure := map[[2]string]bool{}
	for _, pair := range known.Ambiguous {
		unsure[pair], unsure[[2]string{pair[1], pair[0]}] = true, true
	}
	good, bad := 0, 0
	for _, ids := range members {
		for i, a := range ids {
			for _, b := range ids[:i] {
				switch {
				case unsure[[2]string{a, b}]:
				case known.PersonOfContact[a] == known.PersonOfContact[b]:
					good++
				default:
					bad++
					t.Logf("united, but two: %s %s", a, b)
				}
			}
		}
	}
	if bad*100 > good+bad {
		t.Errorf("%d of %d united pairs are two persons", bad, good+bad)
	}
	t.Logf("duplicates united: %d of %d; pairs right %d, wrong %d", hit, all, good, bad)
}

func checkCountries(t *testing.T, c *casefile.Case, known truth) {
	t.Helper()
	right, wrong, silent := 0, 0, 0
	for _, line := range query(t, c, `SELECT r.record_id, p.residence, p.residence_from FROM analysis.person_record o JOIN analysis.record r ON r.id = o.record
		JOIN analysis.person p ON p.id = o.person WHERE r.object = 'Contact'`) {
		cells := strings.Split(line, "|")
		who, ok := known.Persons[known.PersonOfContact[cells[0]]]
		switch {
		case !ok || who.From == "conflict":
		case cells[1] == "":
			silent++
		case who.Residence == cells[1]:
			right++
		default:
			wrong++
			t.Logf("residence %s, known %s (%s): %s", cells[1], who.Residence, who.From, line)
		}
	}
	if wrong*50 > right+wrong {
		t.Errorf("%d of %d residences are wrong", wrong, right+wrong)
	}
	t.Logf("residence right %d, wrong %d, unknown %d: %v", right, wrong, silent, query(t, c, `SELECT split_part(residence_from, ':', 1), count(*) FROM analysis.person GROUP BY ALL ORDER BY ALL`))
}
