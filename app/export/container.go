package export

import (
	"archive/zip"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"math"
	"os"

	"github.com/klauspost/compress/flate"
)

// container is the zip file a workbook is written into. The library would build it in memory; this one goes straight
// to disk.
type container struct {
	*zip.Writer
	file    *os.File
	written *counting
	entries []*entry
}

// headerSize is the length of an entry's own header without its name.
const headerSize = 30

// entry of a container: where its header begins, and how long its contents are.
type entry struct {
	offset uint64
	counting
}

func newContainer(file *os.File, through io.Writer) *container {
	c := &container{file: file, written: &counting{Writer: through}}
	c.Writer = zip.NewWriter(c.written)
	c.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.DefaultCompression) })
	return c
}

func (c *container) Create(name string) (io.Writer, error) {
	w, err := c.Writer.Create(name)
	if err != nil {
		return nil, err
	}
	if err := c.Flush(); err != nil { // the header, and all that was before it
		return nil, err
	}
	e := &entry{offset: c.written.n - headerSize - uint64(len(name)), counting: counting{Writer: w}}
	c.entries = append(c.entries, e)
	return e, nil
}

func (c *container) AddFS(fs.FS) error { return errors.New("a workbook holds no folders") }

// Close writes the directory. Excel refuses a sheet of more than 4 GiB whose own header does not say, as the directory
// does, that it needs version 4.5 of the format.
func (c *container) Close() error {
	if err := c.Writer.Close(); err != nil {
		return err
	}
	for _, e := range c.entries {
		if e.n <= math.MaxUint32 {
			continue
		}
		if _, err := c.file.WriteAt(binary.LittleEndian.AppendUint16(nil, 45), int64(e.offset)+4); err != nil {
			return err
		}
	}
	return nil
}
