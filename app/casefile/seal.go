package casefile

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"filippo.io/age"
)

// unseal decrypts the case into the working folder.
func (c *Case) unseal(passphrase string) error {
	if passphrase == "" {
		return &Sealed{Path: c.path}
	}
	if _, err := os.Lstat(c.marker()); err == nil {
		return c.resume(passphrase)
	}
	return c.decrypt(passphrase)
}

// resume goes on with the working copy that a killed process left: it is newer than the sealed file. The passphrase
// must open the sealed file all the same.
func (c *Case) resume(passphrase string) error {
	plain, source, err := c.opened(passphrase)
	if err != nil {
		return err
	}
	defer source.Close()
	if _, err := plain.Read(make([]byte, 1)); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	c.database, c.passphrase = filepath.Join(c.work, "case.duckdb"), passphrase
	if _, err := os.Lstat(c.database); err != nil {
		return c.decrypt(passphrase)
	}
	return nil
}

func (c *Case) opened(passphrase string) (io.Reader, *os.File, error) {
	source, err := os.Open(c.path)
	if err != nil {
		return nil, nil, err
	}
	identity, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		source.Close()
		return nil, nil, err
	}
	plain, err := age.Decrypt(source, identity)
	if err != nil {
		source.Close()
		var wrong *age.NoIdentityMatchError
		if errors.As(err, &wrong) {
			return nil, nil, &Sealed{c.path, true}
		}
		return nil, nil, &NotACase{c.path, err.Error()}
	}
	return plain, source, nil
}

func (c *Case) decrypt(passphrase string) error {
	plain, source, err := c.opened(passphrase)
	if err != nil {
		return err
	}
	defer source.Close()
	if err := os.MkdirAll(c.work, 0o700); err != nil {
		return err
	}
	c.database, c.passphrase = filepath.Join(c.work, "case.duckdb"), passphrase
	if err := writeFile(c.database, func(w io.Writer) error {
		_, err := io.Copy(w, plain)
		return err
	}); err != nil {
		return fmt.Errorf("unsealing %s: %w", c.path, err)
	}
	return nil
}

// seal encrypts the closed database over the sealed file, which is replaced only when the new one is complete.
func (c *Case) seal() error {
	if _, err := os.Lstat(c.database + ".wal"); err == nil {
		return fmt.Errorf("sealing %s: the engine left a log, the case is kept open in %s", c.path, c.work)
	}
	recipient, err := age.NewScryptRecipient(c.passphrase)
	if err != nil {
		return err
	}
	source, err := os.Open(c.database)
	if err != nil {
		return err
	}
	defer source.Close()
	return writeFile(c.path, func(w io.Writer) error {
		sealed, err := age.Encrypt(w, recipient)
		if err != nil {
			return err
		}
		if _, err := io.Copy(sealed, source); err != nil {
			return err
		}
		return sealed.Close()
	})
}

// writeFile writes a private file completely, or not at all.
func writeFile(path string, fill func(io.Writer) error) (err error) {
	part, err := os.OpenFile(path+".part", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(part.Name())
		}
	}()
	if err := fill(part); err != nil {
		return errors.Join(err, part.Close())
	}
	if err := errors.Join(part.Sync(), part.Close()); err != nil {
		return err
	}
	return os.Rename(part.Name(), path)
}
