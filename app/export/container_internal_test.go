package export

import (
	"encoding/binary"
	"io"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// A part of more than 4 GiB bears the version that Excel insists on, in its own header too.
func TestContainerOfAVeryLargeSheet(t *testing.T) {
	if testing.Short() {
		t.Skip("writes 4 GiB through the compressor")
	}
	file, err := os.Create(filepath.Join(t.TempDir(), "large.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	c := newContainer(file, file)
	for _, size := range []int64{10, math.MaxUint32 + 1} {
		w, err := c.Create("sheet.xml")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.CopyN(w, zeros{}, size); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	for i, want := range []uint16{20, 45} {
		var header [6]byte
		if _, err := file.ReadAt(header[:], int64(c.entries[i].offset)); err != nil {
			t.Fatal(err)
		}
		if string(header[:4]) != "PK\x03\x04" || binary.LittleEndian.Uint16(header[4:]) != want {
			t.Errorf("header %d is % x", i, header)
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }
