package evidence

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/bzip2"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/bodgit/sevenzip"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
	"github.com/xuri/excelize/v2"

	"github.com/breachscope/breachscope/analysis"
)

// staged is a file's content, unpacked and in UTF-8, in the one folder the engine may read from.
type staged struct {
	path     string
	sha256   string // of the bytes as handed in
	bytes    int64  // as handed in
	head     []byte // the first bytes of the content
	whole    bool   // head is all of it
	form     form
	encoding string
	replaced int64 // characters that did not decode
	packing  []string
	layout   layout
	scan     *Scan
	notes    []string
	book     *excelize.File // that sheet is one of; nil: none with rows
	sheet    sheetText
	refusal  string // why a workbook or another document cannot be opened
	waits    bool   // for the portion that reads it, which removes it
}

const headSize = 1 << 20

// stager copies files into the staging folder, hashing, unpacking, decoding and scanning them in one read.
type stager struct {
	folder    string
	encoding  string // the investigator's word, "" to find out
	delimiter byte   // the investigator's word, 0 to find out
	progress  analysis.Progress
	made      int
}

// create opens a new file in the staging folder.
func (s *stager) create() (*os.File, error) {
	s.made++
	return os.OpenFile(filepath.Join(s.folder, fmt.Sprintf("evidence-%d", s.made)), os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
}

// stage takes one file. Whatever it made is gone when it fails.
func (s *stager) stage(ctx context.Context, f item) (*staged, error) {
	source, err := f.open()
	if err != nil {
		return nil, err
	}
	defer source.Close()
	result := &staged{encoding: utf8Charset.name}
	raw := &hashing{source: source, hash: sha256.New(), ctx: ctx, tell: func(done int64) {
		s.progress.Tell(analysis.Step{Name: "reading", File: f.name, Done: done, Total: f.bytes})
	}}
	err = s.copy(raw, result)
	if err == nil { // what follows the content, as padding of an archive, belongs to the file too
		_, err = io.Copy(io.Discard, raw)
	}
	if err == nil && f.changed != nil && f.changed() {
		err = &Changed{f.name}
	}
	if err != nil {
		result.remove()
		return nil, explain(ctx, f.name, err)
	}
	result.sha256, result.bytes = hex.EncodeToString(raw.hash.Sum(nil)), raw.done
	if err := s.legible(ctx, f, result); err != nil {
		result.remove()
		return nil, explain(ctx, f.name, err)
	}
	return result, nil
}

// explain turns what reading and writing fail with into the problems of this package.
func explain(ctx context.Context, name string, err error) error {
	var disk *os.PathError
	var packed *sevenzip.ReadError
	var known interface{ Remedy() string }
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &known):
		return err
	case errors.Is(err, errSwollen):
		return &Damaged{name, err.Error()}
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return &Damaged{name, "it ends in the middle, as after a broken download"}
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader), errors.Is(err, zstd.ErrCRCMismatch), errors.Is(err, zstd.ErrMagicMismatch),
		errors.Is(err, zip.ErrChecksum), errors.Is(err, zip.ErrFormat):
		return &Damaged{name, err.Error()}
	case errors.As(err, &packed):
		return &Damaged{name, "it cannot be unpacked (" + err.Error() + "), unless by another program"}
	case strings.Contains(err.Error(), "max_temp_directory_size"): // as the engine says it, this and the next two
		return &NoRoom{name, errors.New("what does not fit into memory takes more room than is allowed")}
	case strings.Contains(err.Error(), "Out of Memory Error"):
		return &NoMemory{name, err}
	case strings.Contains(err.Error(), "No space left on device"):
		return &NoRoom{name, errors.New("no space left on device")}
	case errors.As(err, &disk) && disk.Op == "write":
		return &NoRoom{name, disk.Err}
	case errors.As(err, &disk):
		return &Unreadable{name, disk.Err}
	}
	return &Failed{name, err}
}

// copy writes the unpacked content of raw to a staged file.
func (s *stager) copy(raw *hashing, result *staged) error {
	content, err := s.unpack(raw, result)
	if err != nil {
		return err
	}
	content, err = s.widen(content, result)
	if err != nil {
		return err
	}
	result.form = formOf(result.head)
	file, err := s.create()
	if err != nil {
		return err
	}
	defer file.Close()
	result.path = file.Name()
	if result.form != formText {
		_, err = io.CopyBuffer(onlyWriter{file}, content, make([]byte, 1<<20))
		return err
	}
	result.layout = layoutOf(result.head, result.whole, s.delimiter)
	scan := newScanner(result.layout.delimiter)
	_, err = io.CopyBuffer(io.MultiWriter(scan, file), content, make([]byte, 1<<18))
	result.scan = scan.Close()
	return err
}

// onlyWriter hides ReadFrom, so that progress and cancelling keep their say.
type onlyWriter struct{ io.Writer }

// unpack removes layers of compression, as told by the first bytes.
func (s *stager) unpack(raw *hashing, result *staged) (io.Reader, error) {
	var source io.Reader = raw
	for {
		buffered := bufio.NewReaderSize(source, headSize)
		magic, err := buffered.Peek(4)
		if err != nil && err != io.EOF {
			return nil, err
		}
		switch {
		case bytes.HasPrefix(magic, []byte{0x1F, 0x8B}):
			source, err = gzip.NewReader(buffered)
			result.packing = append(result.packing, "gz")
		case bytes.HasPrefix(magic, []byte{0x28, 0xB5, 0x2F, 0xFD}):
			var unzstd *zstd.Decoder
			unzstd, err = zstd.NewReader(buffered, zstd.WithDecoderMaxMemory(1<<30))
			source = unzstd
			result.packing = append(result.packing, "zst")
		case bytes.HasPrefix(magic, []byte("\xFD7zX")):
			source, err = xz.NewReader(buffered)
			result.packing = append(result.packing, "xz")
		case bytes.HasPrefix(magic, []byte("BZh")):
			source = bzip2.NewReader(buffered)
			result.packing = append(result.packing, "bz2")
		default:
			if len(result.packing) > 0 {
				buffered = bufio.NewReaderSize(&bounded{source: buffered, packed: func() int64 { return raw.done }}, headSize)
			}
			result.head, err = buffered.Peek(headSize)
			result.whole = err == io.EOF
			if err != nil && err != io.EOF {
				return nil, err
			}
			result.head = bytes.Clone(result.head)
			return buffered, nil
		}
		if err != nil {
			return nil, err
		}
		if len(result.packing) > 8 {
			return nil, errors.New("it is packed more than eight times over")
		}
	}
}

// widen decodes UTF-16 and UTF-32 on the way, and what the investigator named.
func (s *stager) widen(content io.Reader, result *staged) (io.Reader, error) {
	found, ok := wideCharset(result.head)
	if head := formOf(result.head); s.encoding != "" && (ok || head.encoded()) {
		named, err := charsetNamed(s.encoding)
		if err != nil {
			return nil, err
		}
		found, ok = named, named.name != utf8Charset.name
	}
	if !ok {
		return content, nil
	}
	result.encoding = found.name
	decoded := &counting{source: newDecoder(content, found), into: &result.replaced}
	buffered := bufio.NewReaderSize(decoded, headSize)
	head, err := buffered.Peek(headSize)
	if err != nil && err != io.EOF {
		return nil, err
	}
	result.head, result.whole = bytes.Clone(head), err == io.EOF
	return buffered, nil
}

// counting hands on what a decoder replaced.
type counting struct {
	source *decoder
	into   *int64
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.source.Read(p)
	*c.into = c.source.replaced
	return n, err
}

// legible decodes a text that turned out to be no UTF-8, into a second staged file.
func (s *stager) legible(ctx context.Context, f item, result *staged) error {
	if result.scan == nil && result.form != formJSON || result.scan != nil && !result.scan.InvalidUTF8 {
		return nil
	}
	if result.scan == nil && validFile(result.path) {
		return nil
	}
	file, err := os.Open(result.path)
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	defer file.Close()
	found, second, err := legacyCharset(file)
	if err != nil {
		return err
	}
	if second != "" {
		result.notes = append(result.notes, "its bytes could also be "+second)
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	var decoded io.Reader = &checked{source: bufio.NewReaderSize(file, 1<<20), into: &result.replaced}
	if found.name != utf8Charset.name {
		decoded = &counting{source: newDecoder(file, found), into: &result.replaced}
	}
	result.encoding = found.name
	decoded = &hashing{source: decoded, hash: nil, ctx: ctx, tell: func(int64) {}}
	head := bufio.NewReaderSize(decoded, headSize)
	result.head, err = head.Peek(headSize)
	if err != nil && err != io.EOF {
		return err
	}
	result.head, result.whole = bytes.Clone(result.head), err == io.EOF
	return s.copyText(head, result)
}

// copyText is the last part of copy, for text decoded in a second pass.
func (s *stager) copyText(content io.Reader, result *staged) error {
	file, err := s.create()
	if err != nil {
		return err
	}
	defer file.Close()
	result.path = file.Name()
	result.layout = layoutOf(result.head, result.whole, s.delimiter)
	scan := newScanner(result.layout.delimiter)
	_, err = io.CopyBuffer(io.MultiWriter(scan, file), content, make([]byte, 1<<18))
	result.scan = scan.Close()
	return err
}

// checked passes UTF-8 on, with U+FFFD for every byte that is none.
type checked struct {
	source *bufio.Reader
	into   *int64
	left   []byte
}

func (c *checked) Read(p []byte) (int, error) {
	if len(c.left) == 0 {
		chunk := make([]byte, 1<<16)
		n, err := c.source.Read(chunk)
		if n == 0 {
			return 0, err
		}
		chunk = chunk[:n]
		for i := 0; i < 3 && !fullEnd(chunk); i++ { // complete a character cut in two
			b, err := c.source.ReadByte()
			if err != nil {
				break
			}
			chunk = append(chunk, b)
		}
		c.left = c.repair(chunk)
	}
	n := copy(p, c.left)
	c.left = c.left[n:]
	return n, nil
}

// hashing reads on, hashes what passes, reports progress and stops when the context ends.
type hashing struct {
	source io.Reader
	hash   hash.Hash
	ctx    context.Context
	done   int64
	told   int64
	tell   func(done int64)
}

func (h *hashing) Read(p []byte) (int, error) {
	if err := h.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := h.source.Read(p)
	if h.hash != nil {
		h.hash.Write(p[:n])
	}
	h.done += int64(n)
	if h.done-h.told >= 1<<20 {
		h.told = h.done
		h.tell(h.done)
	}
	return n, err
}

func (s *staged) remove() {
	if s != nil && s.path != "" && !s.waits {
		os.Remove(s.path)
	}
}

// dialect tells the register what is peculiar to the file.
func (s *staged) dialect(more ...string) string {
	var all []string
	if len(s.packing) > 0 {
		all = append(all, "packed as "+strings.Join(s.packing, " in "))
	}
	if s.scan != nil && s.scan.BOM || s.form == formText && bytes.HasPrefix(s.head, []byte("\xEF\xBB\xBF")) {
		all = append(all, "byte order mark")
	}
	if s.scan != nil && s.scan.LF > 0 && s.scan.CRLF > 0 {
		all = append(all, "mixed line ends")
	}
	all = append(all, s.layout.notes...)
	all = append(all, s.notes...)
	return strings.Join(append(all, more...), "; ")
}
