package casefile_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/breachscope/breachscope/app/casefile"
)

// A copy that was broken off is said to be that, not shown as a failure of the engine.
func TestACaseCutShortIsToldAsSuch(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cut.breachscope")
	c, err := casefile.Create(t.Context(), path, casefile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	for _, kept := range []int64{3000, 100} {
		if err := os.Truncate(path, kept); err != nil {
			t.Fatal(err)
		}
		_, err := casefile.Open(t.Context(), path, casefile.Options{})
		var damaged *casefile.Damaged
		if !errors.As(err, &damaged) {
			t.Errorf("cut to %d bytes: %v", kept, err)
		}
	}
}
