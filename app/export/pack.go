package export

import (
	"archive/zip"
	"compress/flate"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"math"
	"os"
	"path"
	"path/filepath"

	"github.com/breachscope/breachscope/analysis"
)

// Pack puts a complete export into one zip archive encrypted with AES-256 (the AE-2 form of WinZip), which 7-Zip,
// WinZip, WinRAR and Keka open; name is the folder in it. The archive protects contents, not names and sizes of the files.
func Pack(ctx context.Context, dir, name, archive, password string, p analysis.Progress) error {
	if password == "" {
		return errors.New("packing: the password is empty")
	}
	if err := pack(ctx, dir, name, archive, password, p); err != nil {
		return fmt.Errorf("packing %s: %w", dir, errors.Join(err, os.Remove(archive)))
	}
	return nil
}

func pack(ctx context.Context, dir, folder, archive, password string, p analysis.Progress) error {
	if err := os.Remove(archive); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	target, err := os.OpenFile(archive, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	out := zip.NewWriter(target)
	files, err := listing(dir)
	for i, name := range files {
		p.Tell(analysis.Step{Name: "Packing", File: name, Done: int64(i), Total: int64(len(files))})
		err = errors.Join(err, add(ctx, out, dir, folder, name, password))
		if err != nil {
			break
		}
	}
	return errors.Join(err, out.Close(), target.Sync(), target.Close())
}

// listing names all files below dir, with '/'.
func listing(dir string) (names []string, err error) {
	err = filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, p)
		names = append(names, filepath.ToSlash(name))
		return err
	})
	return names, err
}

// The parameters of AE-2 with AES-256.
const (
	methodAES  = 99
	saltSize   = 16
	keySize    = 32
	rounds     = 1000
	macSize    = 10
	extraAES   = 0x9901
	encrypted  = 1 << 0
	descriptor = 1 << 3 // sizes follow the data
	utf8Names  = 1 << 11
)

func add(ctx context.Context, out *zip.Writer, dir, folder, name, password string) error {
	source, err := os.Open(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		return err
	}
	defer source.Close()
	info, err := source.Stat()
	if err != nil {
		return err
	}
	header := &zip.FileHeader{Name: path.Join(folder, name), Method: methodAES, Flags: encrypted | descriptor | utf8Names, Modified: info.ModTime().UTC(),
		CreatorVersion: 51, ReaderVersion: 51, UncompressedSize64: uint64(info.Size())}
	header.Extra = binary.LittleEndian.AppendUint16(nil, extraAES)
	header.Extra = append(header.Extra, 7, 0, 2, 0, 'A', 'E', 3, byte(zip.Deflate), 0)
	entry, err := out.CreateRaw(header)
	if err != nil {
		return err
	}
	counted := &counting{Writer: entry}
	if err := seal(counted, cancellable{ctx, source}, password); err != nil {
		return err
	}
	//lint:ignore SA1019 the package writes what stands in this field
	header.CompressedSize = uint32(min(counted.n, math.MaxUint32))
	header.CompressedSize64 = counted.n // both stand behind the data and in the directory, which are written later
	return nil
}

// seal writes salt, check value, compressed and encrypted data, and the code that shows whether they were changed.
func seal(to io.Writer, from io.Reader, password string) error {
	salt := make([]byte, saltSize)
	if _, err := rand.Read(salt); err != nil {
		return err
	}
	keys, err := pbkdf2.Key(sha1.New, password, salt, rounds, 2*keySize+2)
	if err != nil {
		return err
	}
	if _, err := to.Write(append(salt, keys[2*keySize:]...)); err != nil {
		return err
	}
	block, err := aes.NewCipher(keys[:keySize])
	if err != nil {
		return err
	}
	e := &encrypter{to: to, block: block, mac: hmac.New(sha1.New, keys[keySize:2*keySize])}
	deflate, err := flate.NewWriter(e, flate.DefaultCompression)
	if err != nil {
		return err
	}
	if _, err := io.Copy(deflate, from); err != nil {
		return err
	}
	if err := deflate.Close(); err != nil {
		return err
	}
	_, err = to.Write(e.mac.Sum(nil)[:macSize])
	return err
}

// encrypter is AES in counter mode with the counter in little-endian order, beginning at 1, as the form demands.
type encrypter struct {
	to    io.Writer
	block cipher.Block
	mac   hash.Hash
	count uint64
	pad   [aes.BlockSize]byte
	used  int // of pad; 0: a new one is needed
	out   []byte
}

func (e *encrypter) Write(p []byte) (int, error) {
	e.out = e.out[:0]
	for _, b := range p {
		if e.used == 0 {
			e.count++
			var counter [aes.BlockSize]byte
			binary.LittleEndian.PutUint64(counter[:], e.count)
			e.block.Encrypt(e.pad[:], counter[:])
		}
		e.out = append(e.out, b^e.pad[e.used])
		e.used = (e.used + 1) % aes.BlockSize
	}
	e.mac.Write(e.out)
	return e.to.Write(e.out)
}

type counting struct {
	io.Writer
	n uint64
}

func (c *counting) Write(p []byte) (int, error) {
	n, err := c.Writer.Write(p)
	c.n += uint64(n)
	return n, err
}
