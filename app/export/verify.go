package export

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"github.com/breachscope/breachscope/app/casefile"
)

// Check is one thing that was verified.
type Check struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"` // what was found; for a failure what is wrong and where
}

// Report of a verification.
type Report struct {
	OK          bool    `json:"ok"` // all checks hold
	Checks      []Check `json:"checks"`
	Fingerprint string  `json:"fingerprint,omitempty"` // of the key the export is signed with
}

func (r *Report) add(name, detail string, problems ...error) {
	c := Check{Name: name, OK: true, Detail: detail}
	if err := errors.Join(problems...); err != nil {
		c.OK, c.Detail = false, err.Error()
	}
	r.Checks = append(r.Checks, c)
	r.OK = r.OK && c.OK
}

// Verify checks an export folder: that the manifest is signed and every file is as it says, that the journal is an
// unbroken chain, and that counting the lists again gives the totals. A folder without a manifest does not hold. An error
// means that nothing could be checked: *Packed, *NotAFolder, or that of reading.
func Verify(ctx context.Context, dir string) (Report, error) {
	info, err := os.Stat(dir)
	switch {
	case err != nil:
		return Report{}, fmt.Errorf("verifying %s: %w", dir, err)
	case IsPacked(dir):
		return Report{}, &Packed{dir}
	case !info.IsDir():
		return Report{}, &NotAFolder{dir}
	}
	body, err := os.ReadFile(filepath.Join(dir, manifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return unfounded(dir), nil
	} else if err != nil {
		return Report{}, fmt.Errorf("verifying %s: %w", dir, err)
	}
	var m Manifest
	if err := json.Unmarshal(body, &m); err != nil {
		r := Report{}
		r.add("manifest", "", fmt.Errorf("%s cannot be read: %w", manifestName, err))
		return r, nil
	}
	r := Report{OK: true, Fingerprint: m.Fingerprint}
	r.add("signature", "made with the key "+m.Fingerprint, checkSignature(dir, body, m))
	r.add("files", fmt.Sprintf("%d files are as they were written", len(m.Files)), checkFiles(ctx, dir, m))
	r.add("journal", fmt.Sprintf("%d entries, each follows the one before", m.Journal.Entries), checkJournal(dir, m))
	counted, err := recount(ctx, dir, m.Totals)
	r.add("totals", "counted again in the lists", err, sameTotals(m.Totals, counted))
	return r, ctx.Err()
}

// unfounded is the report of a folder that nothing vouches for.
func unfounded(dir string) (r Report) {
	what := "the folder is no export, or not a whole one"
	if there(filepath.Join(dir, marker)) {
		what = "the export was broken off while it was written"
	}
	r.add("manifest", "", fmt.Errorf("%s is missing: %s", manifestName, what))
	return r
}

func checkSignature(dir string, body []byte, m Manifest) error {
	key, err := base64.StdEncoding.DecodeString(m.PublicKey)
	if err != nil || len(key) != ed25519.PublicKeySize {
		return errors.New("the manifest names no usable key")
	}
	signature, err := os.ReadFile(filepath.Join(dir, signatureName))
	if err != nil {
		return err
	}
	if !ed25519.Verify(key, body, signature) {
		return fmt.Errorf("%s was changed after it was signed", manifestName)
	}
	if m.Fingerprint != fingerprint(key) {
		return errors.New("the fingerprint is not that of the key")
	}
	return nil
}

// checkFiles compares every file with the manifest, and the files that are there with those it names.
func checkFiles(ctx context.Context, dir string, m Manifest) error {
	there, err := inventory(ctx, dir)
	if err != nil {
		return err
	}
	found := map[string]File{}
	for _, f := range there {
		found[f.Name] = f
	}
	var problems []error
	for _, want := range m.Files {
		switch got, is := found[want.Name]; {
		case !is:
			problems = append(problems, fmt.Errorf("%s is missing", want.Name))
		case got != want:
			problems = append(problems, fmt.Errorf("%s was changed", want.Name))
		}
		delete(found, want.Name)
	}
	for _, f := range there {
		if _, extra := found[f.Name]; extra {
			problems = append(problems, fmt.Errorf("%s does not belong to the export", f.Name))
		}
	}
	return errors.Join(problems...)
}

func checkJournal(dir string, m Manifest) error {
	entries, err := ReadJournal(filepath.Join(dir, journalName))
	if err != nil {
		return err
	}
	if err := casefile.CheckChain(entries); err != nil {
		return err
	}
	last := ""
	if len(entries) > 0 {
		last = entries[len(entries)-1].Hash
	}
	if int64(len(entries)) != m.Journal.Entries || last != m.Journal.Hash {
		return fmt.Errorf("the manifest names %d entries, the journal holds %d", m.Journal.Entries, len(entries))
	}
	return nil
}

// split names the column of a list by whose values its total is divided.
var split = map[string]string{"people": "list", "records": "list", "sessions": "verdict"}

// recount counts the lists again.
func recount(ctx context.Context, dir string, promised map[string]int64) (map[string]int64, error) {
	counted := map[string]int64{}
	for name := range promised {
		counted[name] = 0
	}
	for _, t := range tables {
		if t.file == "" {
			continue
		}
		total := t.total()
		err := eachRecord(ctx, filepath.Join(dir, t.file+".csv"), func(row map[string]string) error {
			counted[total]++
			if by, is := split[total]; is {
				counted[total+"."+row[by]]++
			}
			if t.name == "evidence" {
				return account(counted, row)
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("counting %s.csv: %w", t.file, err)
		}
	}
	return counted, nil
}

// account adds up the rows of one evidence file, which have to be accounted for.
func account(counted map[string]int64, row map[string]string) error {
	var n [4]int64
	again := row["state"] == "same" // its rows are those of another file
	for i, name := range []string{"rows_read", "rows_loaded", "rows_duplicate", "rows_rejected"} {
		var err error
		if n[i], err = strconv.ParseInt(row[name], 10, 64); err != nil {
			return fmt.Errorf("%s of %s is no number", name, row["file"])
		}
		if !again {
			counted["evidence."+name] += n[i]
		}
	}
	if n[0] != n[1]+n[2]+n[3] {
		return fmt.Errorf("%s: %d rows read, but %d loaded, %d repeated, %d rejected", row["file"], n[0], n[1], n[2], n[3])
	}
	return nil
}

func sameTotals(promised, counted map[string]int64) error {
	var problems []error
	for name, want := range promised {
		if counted != nil && counted[name] != want {
			problems = append(problems, fmt.Errorf("%s: the manifest says %d, the list holds %d", name, want, counted[name]))
		}
	}
	for name, got := range counted {
		if _, is := promised[name]; !is {
			problems = append(problems, fmt.Errorf("%s: the manifest says nothing, the list holds %d", name, got))
		}
	}
	return errors.Join(problems...)
}

// eachRecord hands every record of a CSV file to do, by the names of its columns.
func eachRecord(ctx context.Context, path string, do func(map[string]string) error) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	reader := csv.NewReader(bufio.NewReaderSize(cancellable{ctx, file}, 1<<20))
	reader.ReuseRecord = true
	header, err := reader.Read()
	if err != nil {
		return err
	}
	names := append([]string(nil), header...)
	row := make(map[string]string, len(names))
	for {
		values, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		for i, name := range names {
			row[name] = values[i]
		}
		if err := do(row); err != nil {
			return err
		}
	}
}
