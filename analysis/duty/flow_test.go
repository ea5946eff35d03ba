package duty_test

import (
	"database/sql"
	"reflect"
	"testing"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/duty"
)

func TestFlows(t *testing.T) {
	c := newCase(t, affected{persons: 2, residence: "CN", list: "confirmed", act: "acquired"}, affected{persons: 1, residence: "KR", list: "confirmed", act: "viewed"})
	err := c.Write(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(t.Context(), `
			INSERT INTO analysis.account VALUES (1, '', '', 'haeun', '', '', 'employee', '', ''), (2, '', '', 'sync', '', '', 'integration', '', '');
			INSERT INTO analysis.address (id, address, public, network, country, holder) VALUES (1, '193.138.7.89', true, '', 'SE', ''), (2, '1.2.3.4', true, '', 'KR', '');
			INSERT INTO analysis.session SELECT i, 's' || i, '', a, NULL, [], NULL, NULL, '', [i], [], [], 'api', 1, 0, 0, 0, 0, false, false, 0, '' FROM (VALUES (1, 1), (2, 2)) v(i, a);
			INSERT INTO analysis.verdict VALUES (1, 'attacker', '', 1);
			INSERT INTO analysis.event (id, file, line, kind, action, address, rows) VALUES (1, 1, 2, 'k', 'query', 1, 3), (2, 1, 3, 'k', 'query', 2, 500);
			INSERT INTO analysis.attribution VALUES (1, 1, NULL, '', true), (2, 2, NULL, '', true);
			INSERT INTO analysis.query VALUES (1, 'q', 1, NULL, 'soql', '', 'Contact', [], 'acquired', 3, NULL, 3, 3, 0, 0, 'matches', '', '', true, false, NULL, NULL, NULL);
			INSERT INTO analysis.ground VALUES (1, 'replayed', '');
			INSERT INTO analysis.touch VALUES (1, 1, 1), (1, 2, 1), (1, 3, 1);
			INSERT INTO analysis.person_record VALUES (1, 1, '', 'own'), (2, 2, '', 'own'), (3, 3, '', 'own')`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var b duty.Border
	err = c.Read(t.Context(), func(db analysis.Engine) (err error) {
		b, err = duty.Flows(t.Context(), db)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := []duty.Taken{{"CN", "SE", "employee", 2, 2}, {"KR", "SE", "employee", 1, 1}}; !reflect.DeepEqual(b.Taken, want) {
		t.Errorf("taken %+v, want %+v", b.Taken, want)
	}
	if want := []duty.Usual{{"KR", "integration", 1, 500}}; !reflect.DeepEqual(b.Usual, want) {
		t.Errorf("usual %+v, want %+v", b.Usual, want)
	}
	if len(b.Axes) != 3 || b.Axes[0].Residents != 2 || b.Axes[0].Affected != 2 || b.Axes[0].Abroad != 2 {
		t.Errorf("axes %+v", b.Axes)
	}
}
