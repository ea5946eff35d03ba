package export

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/duty"
	"github.com/breachscope/breachscope/app/casefile"
	"github.com/breachscope/breachscope/assets"
)

// Names of the files that vouch for the others.
const (
	manifestName  = "manifest.json"
	signatureName = "manifest.sig" // 64 bytes, Ed25519, over the bytes of manifest.json
	publicName    = "manifest.pem" // the public key, as OpenSSL reads it
	journalName   = "journal.jsonl"
	sumsName      = "SHA256SUMS" // for sha256sum -c
)

// Manifest says what an export holds, who made it and why. Its bytes are signed.
type Manifest struct {
	Format      int               `json:"format"` // 1
	Program     string            `json:"program"`
	Case        string            `json:"case"`
	Timezone    string            `json:"timezone"` // of the organisation; all times in the export are UTC
	MadeAt      time.Time         `json:"made_at"`
	MadeBy      string            `json:"made_by"`
	Reason      string            `json:"reason"`
	Versions    map[string]string `json:"versions"` // law: of the law table; rules, kinds: begin of the SHA-256 of their contents; schema
	Journal     Chain             `json:"journal"`
	Totals      map[string]int64  `json:"totals"` // "people", "people.confirmed", "evidence.rows_read", …
	Files       []File            `json:"files"`
	Notes       []string          `json:"notes"` // what was changed so that it fits into a workbook
	PublicKey   string            `json:"public_key"`
	Fingerprint string            `json:"fingerprint"` // of the public key, to be compared by voice
}

// Chain is the state of the journal.
type Chain struct {
	Entries int64  `json:"entries"`
	Hash    string `json:"hash"` // of the last entry; it covers all before it
}

// File of an export.
type File struct {
	Name   string `json:"name"` // relative to the folder, with '/'
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// signer returns the key of the case and makes it when this is the first export.
func signer(ctx context.Context, c *casefile.Case) (key ed25519.PrivateKey, err error) {
	err = c.Write(ctx, func(tx *sql.Tx) error {
		text, err := casefile.Setting(ctx, tx, "signing key")
		if err != nil {
			return err
		}
		if text == "" {
			if _, key, err = ed25519.GenerateKey(rand.Reader); err != nil {
				return err
			}
			return casefile.SetSetting(ctx, tx, "signing key", hex.EncodeToString(key.Seed()))
		}
		seed, err := hex.DecodeString(text)
		if err != nil || len(seed) != ed25519.SeedSize {
			return errors.New("the signing key of the case is damaged")
		}
		key = ed25519.NewKeyFromSeed(seed)
		return nil
	})
	return key, err
}

// fingerprint of a public key: eight groups of four hexadecimal digits.
func fingerprint(key ed25519.PublicKey) string {
	sum := sha256.Sum256(key)
	var groups []string
	for i := range 8 {
		groups = append(groups, hex.EncodeToString(sum[2*i:2*i+2]))
	}
	return strings.Join(groups, " ")
}

// identify names the key the manifest will be signed with.
func (m *Manifest) identify(key ed25519.PrivateKey) {
	public := key.Public().(ed25519.PublicKey)
	m.PublicKey, m.Fingerprint = base64.StdEncoding.EncodeToString(public), fingerprint(public)
}

// sign writes the manifest and what vouches for it into the folder, which is then complete.
func sign(ctx context.Context, folder string, m *Manifest, key ed25519.PrivateKey) error {
	public := key.Public().(ed25519.PublicKey)
	var err error
	if m.Files, err = inventory(ctx, folder); err != nil {
		return err
	}
	var sums strings.Builder
	for _, f := range m.Files {
		fmt.Fprintf(&sums, "%s  %s\n", f.SHA256, f.Name)
	}
	body, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	body = append(body, '\n')
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return err
	}
	return errors.Join(
		writeFile(filepath.Join(folder, sumsName), []byte(sums.String())),
		writeFile(filepath.Join(folder, manifestName), body),
		writeFile(filepath.Join(folder, signatureName), ed25519.Sign(key, body)),
		writeFile(filepath.Join(folder, publicName), pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})))
}

// vouching files are not listed in the manifest they belong to.
func vouching(name string) bool {
	return name == manifestName || name == signatureName || name == publicName || name == sumsName
}

// inventory lists and hashes the files of an export.
func inventory(ctx context.Context, folder string) ([]File, error) {
	var files []File
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(folder, path)
		if err != nil || vouching(filepath.ToSlash(name)) || name == marker {
			return err
		}
		f, err := digest(ctx, path)
		f.Name = filepath.ToSlash(name)
		files = append(files, f)
		return err
	})
	sort.Slice(files, func(i, j int) bool { return files[i].Name < files[j].Name })
	return files, err
}

func digest(ctx context.Context, path string) (File, error) {
	file, err := os.Open(path)
	if err != nil {
		return File{}, err
	}
	defer file.Close()
	hash := sha256.New()
	n, err := io.Copy(hash, cancellable{ctx, file})
	return File{Bytes: n, SHA256: hex.EncodeToString(hash.Sum(nil))}, err
}

// versions of what the answer was derived with.
func versions(ctx context.Context, db analysis.Engine) (map[string]string, error) {
	schema, err := casefile.Setting(ctx, db, "schema")
	if err != nil {
		return nil, err
	}
	v := map[string]string{"schema": schema, "law": duty.Version()}
	for _, name := range []string{"rules", "kinds"} {
		if v[name], err = contents(assets.Folder(name)); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// contents is the begin of the SHA-256 over names and bytes of a folder.
func contents(folder fs.FS) (string, error) {
	hash := sha256.New()
	err := fs.WalkDir(folder, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(folder, path)
		fmt.Fprintf(hash, "%s\n%d\n%s", path, len(body), body)
		return err
	})
	return hex.EncodeToString(hash.Sum(nil))[:16], err
}

func writeFile(path string, body []byte) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(body)
	return errors.Join(err, file.Sync(), file.Close())
}

// cancellable ends a copy when its context ends.
type cancellable struct {
	ctx context.Context
	io.Reader
}

func (c cancellable) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.Reader.Read(p)
}
