package evidence

import (
	"archive/tar"
	"archive/zip"
	"cmp"
	"compress/bzip2"
	"errors"
	"io"
	"os"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/bodgit/sevenzip"
	"github.com/klauspost/compress/zstd"
)

// open lists the members of a staged archive. It returns nil members for archives that are documents of their own:
// workbooks, for which s.form is set to formSheet, and what else offices make.
func (a *addition) open(f item, s *staged) (members []item, close func(), err error) {
	switch s.form {
	case formSevenZip:
		return a.openSevenZip(f, s)
	case formTar:
		return a.openTar(f, s)
	}
	archive, err := zip.OpenReader(s.path)
	if err != nil {
		return nil, func() {}, &Damaged{f.name, "its table of contents cannot be read (" + err.Error() + ")"}
	}
	close = func() { archive.Close() }
	archive.RegisterDecompressor(12, func(r io.Reader) io.ReadCloser { return io.NopCloser(bzip2.NewReader(r)) })
	archive.RegisterDecompressor(zstd.ZipMethodWinZip, zstd.ZipDecompressor())
	if document := documentOf(archive); document != formZip {
		if s.form = document; document == formOther {
			s.refusal = "it is a document of an office program; save it as .xlsx or CSV"
		}
		return nil, close, nil
	}
	decoded := memberNames(archive.File)
	key := &password{container: f.name, options: a.options}
	members = []item{}
	for i, m := range archive.File {
		if m.FileInfo().IsDir() || isLeft(decoded[i]) {
			continue
		}
		members = append(members, item{name: f.name + "/" + decoded[i], source: f.source, bytes: int64(m.UncompressedSize64),
			open: func() (io.ReadCloser, error) { return openMember(m, f.name+"/"+decoded[i], key) }})
	}
	slices.SortFunc(members, func(a, b item) int { return cmp.Compare(a.name, b.name) })
	return members, close, nil
}

// documentOf tells archives that are one document from those that hold files.
func documentOf(archive *zip.ReadCloser) form {
	for _, m := range archive.File {
		switch m.Name {
		case "xl/workbook.xml":
			return formSheet
		case "word/document.xml", "ppt/presentation.xml", "mimetype", "xl/workbook.bin":
			return formOther
		}
	}
	return formZip
}

// isLeft: what operating systems put into archives.
func isLeft(name string) bool {
	base := path.Base(name)
	return slices.Contains(left, base) || strings.HasPrefix(base, "._") || strings.HasPrefix(name, "__MACOSX/")
}

// memberNames are the names of the members; those of older programs are in the encoding of their system.
func memberNames(files []*zip.File) []string {
	names := make([]string, len(files))
	var odd strings.Builder
	for i, m := range files {
		names[i] = strings.ReplaceAll(m.Name, `\`, "/")
		if !utf8.ValidString(m.Name) {
			odd.WriteString(m.Name + "\n")
		}
	}
	if odd.Len() == 0 {
		return names
	}
	found, _, err := legacyCharset(strings.NewReader(odd.String()))
	if err != nil {
		return names
	}
	for i, m := range files {
		if decoded, err := found.encoding.NewDecoder().String(m.Name); err == nil && !utf8.ValidString(m.Name) {
			names[i] = decoded
		}
	}
	return names
}

// password is the one of an archive, asked for once it is needed.
type password struct {
	container string
	options   Options
	asked     bool
	text      string
}

// get gives the password to try; again means that the last one was wrong.
func (p *password) get(again bool) (string, error) {
	if !p.asked && p.options.Password != "" && !again {
		return p.options.Password, nil
	}
	if p.asked && !again {
		return p.text, nil
	}
	if p.options.Passwords == nil {
		return "", &Locked{p.container, again}
	}
	text, err := p.options.Passwords(p.container)
	if err != nil {
		return "", err
	}
	if text == "" {
		return "", &Locked{p.container, again}
	}
	p.text, p.asked = text, true
	return text, nil
}

// try runs use with one password after another until one is right. At most three are asked for.
func (p *password) try(use func(password string) error) error {
	again := false
	for range 4 {
		text, err := p.get(again)
		if err != nil {
			return err
		}
		if err := use(text); !errors.Is(err, errWrongPassword) {
			return err
		}
		again = true
	}
	return &Locked{p.container, true}
}

var errWrongPassword = errors.New("the password is wrong")

func openMember(m *zip.File, name string, key *password) (io.ReadCloser, error) {
	opened, err := openPlain(m, key)
	if err != nil {
		return nil, explainMember(name, err)
	}
	return struct {
		io.Reader
		io.Closer
	}{&bounded{source: opened, packed: func() int64 { return int64(m.CompressedSize64) }}, opened}, nil
}

func openPlain(m *zip.File, key *password) (opened io.ReadCloser, err error) {
	if m.Flags&1 == 0 {
		return m.Open()
	}
	err = key.try(func(text string) (err error) {
		opened, err = openEncrypted(m, text)
		return err
	})
	return opened, err
}

// bounded stops what unpacks to far more than any log or table does: a file made to fill the disk. Logs of one line
// repeated reach a hundredth of their size.
type bounded struct {
	source io.Reader
	packed func() int64 // bytes unpacked so far, or in all
	done   int64
}

const (
	largestUnasked = 1 << 30 // bytes that may come out of anything
	densest        = 400     // bytes that may come out of one beyond that
)

var errSwollen = errors.New("it unpacks to more than 400 times its size, as only a file made to fill disks does")

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.source.Read(p)
	if b.done += int64(n); b.done > largestUnasked && b.done > densest*b.packed() {
		return n, errSwollen
	}
	return n, err
}

func explainMember(name string, err error) error {
	switch {
	case errors.Is(err, zip.ErrAlgorithm):
		return &Damaged{name, "it is compressed in a way this program does not know; unpack it first"}
	case errors.Is(err, zip.ErrFormat), errors.Is(err, zip.ErrChecksum):
		return &Damaged{name, err.Error()}
	}
	return err
}

// openTar lists the files of a tar archive, which lie in it as they are.
func (a *addition) openTar(f item, s *staged) (members []item, close func(), err error) {
	archive, err := os.Open(s.path)
	if err != nil {
		return nil, func() {}, err
	}
	close = func() { archive.Close() }
	members = []item{}
	for contents := tar.NewReader(archive); ; {
		head, err := contents.Next()
		if err == io.EOF {
			if err = endsInMark(archive); err == nil {
				return members, close, nil
			}
		}
		if err != nil {
			close()
			return nil, func() {}, &Damaged{f.name, "its files cannot be listed to the end (" + err.Error() + ")"}
		}
		at, err := archive.Seek(0, io.SeekCurrent)
		if err != nil {
			close()
			return nil, func() {}, err
		}
		if head.Typeflag == tar.TypeDir || isLeft(head.Name) {
			continue
		}
		if head.Typeflag == tar.TypeGNUSparse || head.PAXRecords["GNU.sparse.major"] != "" { // its bytes lie apart
			close()
			return nil, func() {}, &Damaged{f.name, head.Name + " is stored with its empty stretches left out; unpack the archive and add its files"}
		}
		member := item{name: f.name + "/" + strings.TrimPrefix(head.Name, "./"), source: f.source, bytes: head.Size,
			open: func() (io.ReadCloser, error) { return io.NopCloser(io.NewSectionReader(archive, at, head.Size)), nil }}
		if head.Typeflag != tar.TypeReg { // a link is listed with what it leads to, as in other archives
			member.bytes = int64(len(head.Linkname))
			member.open = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(head.Linkname)), nil }
		}
		members = append(members, member)
	}
}

// endsInMark tells whether what was read of a tar archive ends in an empty block, as it must (POSIX.1-2017, pax, ustar
// interchange format). The library takes an archive that was cut between two files for a whole one.
func endsInMark(archive io.ReadSeeker) error {
	var last [512]byte
	end, err := archive.Seek(-int64(len(last)), io.SeekCurrent)
	if err != nil {
		return err
	}
	if _, err = io.ReadFull(archive, last[:]); err != nil {
		return err
	}
	if end%int64(len(last)) != 0 || last != [512]byte{} {
		return errors.New("its end is missing")
	}
	return nil
}

func (a *addition) openSevenZip(f item, s *staged) (members []item, close func(), err error) {
	archive, err := sevenzip.OpenReader(s.path)
	close = func() {}
	var locked *sevenzip.ReadError
	if errors.As(err, &locked) && locked.Encrypted || err == nil && protected(archive) {
		if archive != nil {
			archive.Close()
		}
		err = (&password{container: f.name, options: a.options}).try(func(text string) error {
			if archive, err = sevenzip.OpenReaderWithPassword(s.path, text); err != nil {
				return errWrongPassword
			}
			if protected(archive) {
				archive.Close()
				return errWrongPassword
			}
			return nil
		})
		if err != nil {
			return nil, close, err
		}
	}
	if err != nil {
		return nil, close, &Damaged{f.name, "its table of contents cannot be read (" + err.Error() + ")"}
	}
	members = []item{}
	for _, m := range archive.File {
		if name := strings.ReplaceAll(m.Name, `\`, "/"); !m.FileInfo().IsDir() && !isLeft(name) {
			members = append(members, item{name: f.name + "/" + name, source: f.source, bytes: int64(m.UncompressedSize), open: m.Open})
		}
	}
	return members, func() { archive.Close() }, nil // in the archive's own order, which is the quick one
}

// protected reports whether the first file of an archive cannot be read with the password it was opened with.
func protected(archive *sevenzip.ReadCloser) bool {
	for _, m := range archive.File {
		if m.FileInfo().IsDir() || m.UncompressedSize == 0 {
			continue
		}
		opened, err := m.Open()
		if err == nil {
			_, err = io.CopyN(io.Discard, opened, int64(min(m.UncompressedSize, 1<<20)))
			opened.Close()
		}
		var locked *sevenzip.ReadError
		return errors.As(err, &locked) && locked.Encrypted
	}
	return false
}
