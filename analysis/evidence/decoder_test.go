package evidence

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"golang.org/x/text/encoding/korean"
)

// TestReplacementsAreCountedOnce, however small the pieces are in which the text is read.
func TestReplacementsAreCountedOnce(t *testing.T) {
	text := "\xB1\xE8,\xFF,\xB9\xCE\xFF\xFF,a\xFF"
	for size := 1; size < 12; size++ {
		d := newDecoder(strings.NewReader(text), charset{"cp949", korean.EUCKR})
		var got []byte
		for {
			p := make([]byte, size)
			n, err := d.Read(p)
			got = append(got, p[:n]...)
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if want := int64(bytes.Count(got, []byte("\uFFFD"))); d.replaced != want || want == 0 {
			t.Errorf("read by %d bytes: %d replaced, %d stand in the text", size, d.replaced, want)
		}
	}
}
