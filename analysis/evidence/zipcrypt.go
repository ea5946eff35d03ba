package evidence

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"encoding/binary"
	"hash"
	"hash/crc32"
	"io"
)

// Protected members of zip archives, of both kinds in use: the old stream cipher (PKWARE APPNOTE 6.1) and AES (WinZip's
// AE-1 and AE-2). The standard library reads neither.

// openEncrypted reads a protected member. It fails with errWrongPassword when the password cannot be right.
func openEncrypted(m *zip.File, password string) (io.ReadCloser, error) {
	raw, err := m.OpenRaw()
	if err != nil {
		return nil, err
	}
	method, plain, check := m.Method, io.Reader(nil), true
	if m.Method == aesMethod {
		if plain, method, check, err = decryptAES(m, raw, password); err != nil {
			return nil, err
		}
	} else if plain, err = decryptOld(m, raw, password); err != nil {
		return nil, err
	}
	switch method {
	case zip.Store:
	case zip.Deflate:
		plain = flate.NewReader(plain)
	default:
		return nil, zip.ErrAlgorithm
	}
	if check {
		plain = &checksummed{source: plain, sum: crc32.NewIEEE(), want: m.CRC32}
	}
	return io.NopCloser(plain), nil
}

// checksummed fails at the end when the content is not what was packed, as after a password that was right by chance.
type checksummed struct {
	source io.Reader
	sum    hash.Hash32
	want   uint32
}

func (c *checksummed) Read(p []byte) (int, error) {
	n, err := c.source.Read(p)
	c.sum.Write(p[:n])
	if err == io.EOF && c.sum.Sum32() != c.want {
		return n, zip.ErrChecksum
	}
	return n, err
}

// oldCipher is the stream cipher of the first zip programs.
type oldCipher struct {
	source io.Reader
	keys   [3]uint32
}

func newOldCipher(source io.Reader, password string) *oldCipher {
	c := &oldCipher{source: source, keys: [3]uint32{0x12345678, 0x23456789, 0x34567890}}
	for i := range len(password) {
		c.update(password[i])
	}
	return c
}

func crc(sum uint32, b byte) uint32 { return crc32.IEEETable[byte(sum)^b] ^ sum>>8 }

func (c *oldCipher) update(b byte) {
	c.keys[0] = crc(c.keys[0], b)
	c.keys[1] = (c.keys[1]+c.keys[0]&0xFF)*134775813 + 1
	c.keys[2] = crc(c.keys[2], byte(c.keys[1]>>24))
}

func (c *oldCipher) Read(p []byte) (int, error) {
	n, err := c.source.Read(p)
	for i, b := range p[:n] {
		t := c.keys[2] | 2
		p[i] = b ^ byte(t*(t^1)>>8)
		c.update(p[i])
	}
	return n, err
}

// decryptOld checks the one byte that tells a wrong password 255 times in 256; the checksum tells the rest.
func decryptOld(m *zip.File, raw io.Reader, password string) (io.Reader, error) {
	c := newOldCipher(raw, password)
	var head [12]byte
	if _, err := io.ReadFull(c, head[:]); err != nil {
		return nil, err
	}
	want := byte(m.CRC32 >> 24)
	if m.Flags&8 != 0 {
		want = byte(m.ModifiedTime >> 8)
	}
	if head[11] != want && head[11] != byte(m.CRC32>>24) {
		return nil, errWrongPassword
	}
	return c, nil
}

const aesMethod = 99

// aesExtra finds the extra field that describes the encryption.
func aesExtra(extra []byte) (version uint16, strength int, method uint16, ok bool) {
	for len(extra) >= 4 {
		id, size := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		if len(extra) < 4+size {
			break
		}
		if field := extra[4 : 4+size]; id == 0x9901 && size >= 7 {
			return binary.LittleEndian.Uint16(field), int(field[4]), binary.LittleEndian.Uint16(field[5:]), true
		}
		extra = extra[4+size:]
	}
	return 0, 0, 0, false
}

// decryptAES derives the keys, checks the password and hands out the content, authenticated at its end.
func decryptAES(m *zip.File, raw io.Reader, password string) (plain io.Reader, method uint16, check bool, err error) {
	version, strength, method, ok := aesExtra(m.Extra)
	if !ok || strength < 1 || strength > 3 {
		return nil, 0, false, zip.ErrAlgorithm
	}
	size := 8 + 8*strength // of the key; the salt has half of it
	head := make([]byte, size/2+2)
	if _, err := io.ReadFull(raw, head); err != nil {
		return nil, 0, false, err
	}
	keys, err := pbkdf2.Key(sha1.New, password, head[:size/2], 1000, 2*size+2)
	if err != nil {
		return nil, 0, false, err
	}
	if !bytes.Equal(keys[2*size:], head[size/2:]) {
		return nil, 0, false, errWrongPassword
	}
	block, err := aes.NewCipher(keys[:size])
	if err != nil {
		return nil, 0, false, err
	}
	length := int64(m.CompressedSize64) - int64(len(head)) - 10
	if length < 0 {
		return nil, 0, false, zip.ErrFormat
	}
	plain = &aesReader{source: raw, left: length, block: block, mac: hmac.New(sha1.New, keys[size:2*size])}
	return plain, method, version == 1, nil
}

// aesReader decrypts in counter mode with a counter that begins at 1 and has its lowest byte first.
type aesReader struct {
	source  io.Reader
	left    int64
	block   cipher.Block
	mac     hash.Hash
	counter [16]byte
	stream  [16]byte
	used    int // bytes of stream used; 0: a new block is needed
}

func (r *aesReader) Read(p []byte) (int, error) {
	if r.left == 0 {
		return 0, r.authenticate()
	}
	n, err := r.source.Read(p[:min(int64(len(p)), r.left)])
	r.left -= int64(n)
	r.mac.Write(p[:n])
	for i := range p[:n] {
		if r.used == 0 {
			r.next()
		}
		p[i] ^= r.stream[r.used]
		r.used = (r.used + 1) % len(r.stream)
	}
	if err == io.EOF && r.left > 0 {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

func (r *aesReader) next() {
	for i := range r.counter {
		if r.counter[i]++; r.counter[i] != 0 {
			break
		}
	}
	r.block.Encrypt(r.stream[:], r.counter[:])
}

func (r *aesReader) authenticate() error {
	want := make([]byte, 10)
	if _, err := io.ReadFull(r.source, want); err != nil && err != io.EOF {
		return err
	} else if err == io.EOF {
		return io.EOF // read to its end before
	}
	if !hmac.Equal(want, r.mac.Sum(nil)[:10]) {
		return zip.ErrChecksum
	}
	return io.EOF
}
