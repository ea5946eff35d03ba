package export

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// stamp is how a time stands in every text file: ISO 8601, UTC, to the millisecond.
const stamp = "2006-01-02T15:04:05.000Z"

// csvFile writes RFC 4180: UTF-8, CR LF between records, quotes where they are needed. Line breaks inside a value stay
// as they are, which encoding/csv does not promise.
type csvFile struct {
	file   *os.File
	out    *bufio.Writer
	buffer []byte
	keys   []bool // columns of login and session keys
	marked int    // values that were given an apostrophe
}

func newCSV(path string, header []string) (*csvFile, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	c := &csvFile{file: file, out: bufio.NewWriterSize(file, 1<<16)}
	names := make([]any, len(header))
	for i, name := range header {
		names[i] = name
		c.keys = append(c.keys, name == "login_key" || name == "session_keys")
	}
	if err := c.row(names); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return c, nil
}

func (c *csvFile) row(values []any) error {
	c.buffer = c.buffer[:0]
	for i, v := range values {
		if i > 0 {
			c.buffer = append(c.buffer, ',')
		}
		if text, is := v.(string); is && !(c.keys[i] && keys.MatchString(text)) {
			if harmless := harmless(text); harmless != text {
				v = harmless
				c.marked++
			}
		}
		c.buffer = appendField(c.buffer, v)
	}
	c.buffer = append(c.buffer, '\r', '\n')
	_, err := c.out.Write(c.buffer)
	return err
}

func (c *csvFile) close() error {
	return errors.Join(c.out.Flush(), c.file.Sync(), c.file.Close())
}

func appendField(b []byte, value any) []byte {
	text, isText := value.(string)
	if !isText {
		return append(b, plain(value)...)
	}
	if !strings.ContainsAny(text, "\",\r\n") && strings.TrimSpace(text) == text {
		return append(b, text...)
	}
	b = append(b, '"')
	b = append(b, strings.ReplaceAll(text, `"`, `""`)...)
	return append(b, '"')
}

// telephone is an international number as people write it, which is no formula.
var telephone = regexp.MustCompile(`^\+[0-9 .()-]*[0-9][0-9 .()-]*$`)

// keys are the login and session keys of a log, Base64 joined by ";". Others look rows up by them, so they leave unchanged;
// without brackets and spaces they can call nothing.
var keys = regexp.MustCompile(`^[A-Za-z0-9+/][A-Za-z0-9+/=;]*$`)

// harmless puts an apostrophe before a text that a spreadsheet would take for a formula.
func harmless(text string) string {
	if text != "" && strings.IndexByte("=+-@\t\r", text[0]) >= 0 && !telephone.MatchString(text) {
		return "'" + text
	}
	return text
}

// plain is a value that is no text, as text.
func plain(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case time.Time:
		return v.UTC().Format(stamp)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case int64:
		return strconv.FormatInt(v, 10)
	case bool:
		return strconv.FormatBool(v)
	}
	return fmt.Sprint(value)
}
