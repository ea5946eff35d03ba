package export

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/breachscope/breachscope/app/casefile"
)

func writeJournal(path string, entries []casefile.Entry) error {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false) // the arguments are hashed as they are
	for _, e := range entries {
		if err := encoder.Encode(e); err != nil {
			return fmt.Errorf("writing %s: %w", journalName, err)
		}
	}
	return writeFile(path, body.Bytes())
}

// ReadJournal reads the journal of an export, in order.
func ReadJournal(path string) ([]casefile.Entry, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var entries []casefile.Entry
	for decoder := json.NewDecoder(bufio.NewReader(file)); ; {
		var e casefile.Entry
		if err := decoder.Decode(&e); errors.Is(err, io.EOF) {
			return entries, nil
		} else if err != nil {
			return nil, fmt.Errorf("reading entry %d of %s: %w", len(entries)+1, journalName, err)
		}
		entries = append(entries, e)
	}
}
