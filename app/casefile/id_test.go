package casefile_test

import (
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
