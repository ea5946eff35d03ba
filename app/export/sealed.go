package export

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"

	"filippo.io/age"
	"github.com/xuri/excelize/v2"

	"github.com/breachscope/breachscope/analysis"
)

// BadRecipient: a text is no public key for an age file.
type BadRecipient struct{ Text string }

func (e *BadRecipient) Error() string { return fmt.Sprintf("%q is no age public key", e.Text) }

// Remedy says what to do about it.
func (e *BadRecipient) Remedy() string {
	return "ask the recipient for the key that age-keygen printed; it begins with age1"
}

// recipients reads the public keys.
func (o Options) recipients() (list []age.Recipient, err error) {
	for _, text := range o.Recipients {
		r, err := age.ParseX25519Recipient(text)
		if err != nil {
			return nil, &BadRecipient{text}
		}
		list = append(list, r)
	}
	return list, nil
}

// Seal puts a complete export into one tar archive inside an age file that only its recipients can open; name is the
// folder in it. Unlike a zip it hides the names and sizes of the files, and shows whether anything was changed.
func Seal(ctx context.Context, dir, name, archive string, recipients []age.Recipient, p analysis.Progress) error {
	target, err := os.OpenFile(archive, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("sealing %s: %w", dir, err)
	}
	err = sealed(ctx, dir, name, target, recipients, p)
	if err = errors.Join(err, target.Sync(), target.Close()); err != nil {
		return fmt.Errorf("sealing %s: %w", dir, errors.Join(err, os.Remove(archive)))
	}
	return nil
}

func sealed(ctx context.Context, dir, name string, target io.Writer, recipients []age.Recipient, p analysis.Progress) error {
	secret, err := age.Encrypt(target, recipients...)
	if err != nil {
		return err
	}
	out := tar.NewWriter(secret)
	files, err := listing(dir)
	if err != nil {
		return err
	}
	for i, file := range files {
		p.Tell(analysis.Step{Name: "Packing", File: file, Done: int64(i), Total: int64(len(files))})
		if err := addTar(ctx, out, filepath.Join(dir, filepath.FromSlash(file)), path.Join(name, file)); err != nil {
			return err
		}
	}
	return errors.Join(out.Close(), secret.Close())
}

func addTar(ctx context.Context, out *tar.Writer, from, name string) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	info, err := source.Stat()
	if err != nil {
		return err
	}
	if err := out.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: info.Size(), ModTime: info.ModTime()}); err != nil {
		return err
	}
	_, err = io.Copy(out, cancellable{ctx, source})
	return err
}

// lockable is the largest workbook that gets a password to open: the library needs it in memory several times over.
var lockable int64 = 128 << 20

// TooLargeToLock: a workbook is too large for a password to open.
type TooLargeToLock struct{ Path string }

func (e *TooLargeToLock) Error() string {
	return filepath.Base(e.Path) + " is too large for a password to open"
}

// Remedy says what to do about it.
func (e *TooLargeToLock) Remedy() string {
	return "export without it, and protect the whole export by a password for transport"
}

// lock gives a workbook the password that a spreadsheet asks for on opening. It is the standard encryption of the
// format (AES-128-ECB, SHA-1): it keeps the curious out, not somebody who wants in.
func lock(file, password string) error {
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	if info.Size() > lockable {
		return &TooLargeToLock{file}
	}
	plain, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	secret, err := excelize.Encrypt(plain, &excelize.Options{Password: password})
	if err != nil {
		return fmt.Errorf("locking %s: %w", filepath.Base(file), err)
	}
	return os.WriteFile(file, secret, 0o600)
}
