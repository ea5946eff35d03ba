package casefile_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/app/casefile"
)

func TestIdentifiers(t *testing.T) {
	c := create(t, casefile.Options{})
	for _, v := range []struct {
		in, id18 string
		valid    bool
	}{
		{"0053X00000BoLQR", "0053X00000BoLQRQA3", true},
		{"00O3X00000C8f8V", "00O3X00000C8f8VUAR", true},
		{"5003X00001xwrDU", "5003X00001xwrDUQAY", true},
		{"0055j00000AT6I1AAL", "0055j00000AT6I1AAL", true},
		{"0055J00000AT6I1AAL", "0055J00000AT6I1AAL", false}, // a letter changed its case
		{"N/A", "N/A", false},
	} {
		var id string
		var valid bool
		err := c.Read(t.Context(), func(db analysis.Engine) error {
			return db.QueryRowContext(t.Context(), "SELECT id18(?), is_id(?)", v.in, v.in).Scan(&id, &valid)
		})
		if err != nil || id != v.id18 || valid != v.valid {
			t.Errorf("%s: %s %v %v", v.in, id, valid, err)
		}
	}
}

// TestIdentifiersInBulk: over a whole table the checksum is what its definition says, and no other text is taken for an id.
func TestIdentifiersInBulk(t *testing.T) {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	r := rand.New(rand.NewPCG(15, 18))
	ids := make([]string, 5000)
	for i := range ids {
		var id strings.Builder
		for range 15 {
			id.WriteByte(letters[r.IntN(len(letters))])
		}
		ids[i] = id.String() + checked(id.String())
	}
	others := []string{"", "a", strings.Repeat("한", 15), strings.Repeat("한", 18), strings.Repeat("한", 15) + "AAA", strings.Repeat("\x00", 18),
		"한0D5g00000y58eeABC", strings.Repeat(" ", 15), ids[0] + "A", ids[0][:16], ids[0][:15] + strings.ToLower(ids[0][15:])}
	var wrong, taken int
	err := create(t, casefile.Options{}).Read(t.Context(), func(db analysis.Engine) error {
		count := "SELECT count(*) FROM (SELECT unnest(string_split(?, ';')) AS id) WHERE "
		if err := db.QueryRowContext(t.Context(), count+"id18(left(id, 15)) <> id OR NOT is_id(id) OR NOT is_id(left(id, 15))",
			strings.Join(ids, ";")).Scan(&wrong); err != nil {
			return err
		}
		return db.QueryRowContext(t.Context(), count+"is_id(id) OR id18(id) <> id", strings.Join(others, ";")).Scan(&taken)
	})
	if err != nil || wrong > 0 || taken > 0 {
		t.Errorf("%d checksums are wrong, %d texts are taken for ids: %v", wrong, taken, err)
	}
}

// checked is the checksum by its definition.
func checked(id string) (sum string) {
	for block := range 3 {
		place := 0
		for i := range 5 {
			if c := id[5*block+i]; c >= 'A' && c <= 'Z' {
				place |= 1 << i
			}
		}
		sum += "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[place : place+1]
	}
	return sum
}
