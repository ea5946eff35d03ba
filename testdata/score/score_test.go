package main

import (
	"context"
	"encoding/csv"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// known is the part of an incident's truth that a whole job is held against.
type known struct {
	Attacker []knownSession `json:"attacker_sessions"`
	Owners   []knownSession `json:"legit_sessions_same_accounts"`
	Failed   struct {
		Attacker []struct {
			Account string `json:"account_id"`
			IP      string
		}
	} `json:"failed_logins"`
	Scored  []string `json:"scored_objects"`
	Records []struct {
		Object, ID, Ideal string
		Taken             bool
	}
}

type knownSession struct {
	ID       string
	Account  string `json:"account_id"`
	LoginKey string `json:"login_key"`
	IPs      []string
}

// TestEveryStyle generates a small incident of each style and does the whole job on it, from files to export, knowing only
// what the brief tells: the thief's sessions are found and no other, what was taken is listed, and only that confirmed.
func TestEveryStyle(t *testing.T) {
	generator := filepath.Join(t.TempDir(), "generate")
	if out, err := exec.Command("go", "build", "-o", generator, "../generate").CombinedOutput(); err != nil {
		t.Fatalf("building the generator: %v\n%s", err, out)
	}
	for _, style := range []string{"plain", "keyless", "children", "resident"} {
		t.Run(style, func(t *testing.T) {
			folder, kept := t.TempDir(), t.TempDir()
			out, err := exec.Command(generator, "-style", style, "-seed", "5", "-customers", "300", "-events", "1500", "-out", folder).CombinedOutput()
			if err != nil {
				t.Fatalf("generating: %v\n%s", err, out)
			}
			if err := run(context.Background(), folder, kept, true, false); err != nil {
				t.Fatal(err)
			}
			var want known
			if err := read(filepath.Join(folder, "truth.json"), &want); err != nil {
				t.Fatal(err)
			}
			want.holdsSessions(t, table(t, filepath.Join(kept, "export", "sessions.csv")))
			want.holdsRecords(t, table(t, filepath.Join(kept, "export", "affected-records.csv")))
			counted(t, table(t, filepath.Join(kept, "export", "evidence.csv")))
		})
	}
}

// table reads a CSV file of the export, each row by the names of its columns.
func table(t *testing.T, path string) (rows []map[string]string) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, name := range lines[0] {
			row[strings.TrimPrefix(name, "\ufeff")] = line[i]
		}
		rows = append(rows, row)
	}
	return rows
}

// is compares account, address and login; where the logs tell no login the address has to do.
func (s knownSession) is(row map[string]string) bool {
	ips := strings.Split(row["ip"], ";")
	return row["account_id"] == s.Account && (row["login_key"] == "" || row["login_key"] == s.LoginKey) &&
		slices.ContainsFunc(s.IPs, func(ip string) bool { return slices.Contains(ips, ip) })
}

func (k known) holdsSessions(t *testing.T, rows []map[string]string) {
	for _, s := range k.Attacker {
		if !slices.ContainsFunc(rows, func(row map[string]string) bool { return row["verdict"] == "attacker" && s.is(row) }) {
			t.Errorf("session %s of the thief was not found", s.ID)
		}
	}
	for _, row := range rows {
		if row["verdict"] == "attacker" && !k.thiefs(row) {
			t.Errorf("session of %s from %s is marked and not the thief's: %s", row["account_name"], row["ip"], row["reasons"])
		}
		for _, s := range k.Owners {
			if row["verdict"] == "attacker" && s.is(row) {
				t.Errorf("the owner's session %s is marked", s.ID)
			}
		}
	}
}

// thiefs: a session of the thief, or his failed logins.
func (k known) thiefs(row map[string]string) bool {
	for _, s := range k.Attacker {
		if s.is(row) {
			return true
		}
	}
	for _, f := range k.Failed.Attacker {
		if f.Account == row["account_id"] && slices.Contains(strings.Split(row["ip"], ";"), f.IP) {
			return true
		}
	}
	return false
}

func (k known) holdsRecords(t *testing.T, rows []map[string]string) {
	listed, confirmed := map[string]string{}, 0
	for _, row := range rows {
		key := row["object"] + " " + row["record_id"]
		if listed[key] != "confirmed" {
			listed[key] = row["list"]
		}
	}
	for _, r := range k.Records {
		list := listed[r.Object+" "+r.ID]
		if r.Taken && r.Ideal != "unknowable" && list == "" {
			t.Errorf("%s %s was taken and is on no list", r.Object, r.ID)
		}
		if !r.Taken && list == "confirmed" {
			t.Errorf("%s %s is confirmed and was not taken", r.Object, r.ID)
		}
		if r.Ideal == "confirmed" && list == "confirmed" {
			confirmed++
		}
		delete(listed, r.Object+" "+r.ID)
	}
	for key, list := range listed {
		if object, _, _ := strings.Cut(key, " "); list == "confirmed" && slices.Contains(k.Scored, object) {
			t.Errorf("%s is confirmed, and the truth knows nothing of it", key)
		}
	}
	k.mostProved(t, confirmed)
}

// mostProved: of what can be proved, 99 in 100 are.
func (k known) mostProved(t *testing.T, confirmed int) {
	provable := 0
	for _, r := range k.Records {
		if r.Ideal == "confirmed" {
			provable++
		}
	}
	if provable == 0 || confirmed*100 < provable*99 {
		t.Errorf("%d of %d records are confirmed that could be", confirmed, provable)
	}
}

// counted: every row of every file is loaded, a duplicate, or rejected.
func counted(t *testing.T, rows []map[string]string) {
	if len(rows) == 0 {
		t.Error("no evidence is listed")
	}
	for _, row := range rows {
		var n [4]int
		for i, column := range []string{"rows_read", "rows_loaded", "rows_duplicate", "rows_rejected"} {
			var err error
			if n[i], err = strconv.Atoi(row[column]); err != nil {
				t.Fatal(err)
			}
		}
		if n[0] != n[1]+n[2]+n[3] {
			t.Errorf("%s: read %d, loaded %d, duplicate %d, rejected %d", row["file"], n[0], n[1], n[2], n[3])
		}
	}
}
