package session_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/session"
	"github.com/breachscope/breachscope/app/casefile"
)

// Two organisations of one house, the second copied from the first: the same user ids, keys and names of people, and user
// names that begin like those of the first. Somebody tries five accounts of the second from where the first works.
const (
	firstHouse  = "00D5g00000y58ee"
	secondHouse = "00D5g00000y58eA"
)

func (f folder) house(organisation, suffix, ip string) folder {
	f.t.Helper()
	own := folder{f.t, filepath.Join(f.path, organisation)}
	if err := os.MkdirAll(own.path, 0o700); err != nil {
		f.t.Fatal(err)
	}
	own.write("User.csv", "Id,Username,Email,Name,IsActive,CreatedDate",
		"0055g00000KWzH1AAL,jiwon@house.kr"+suffix+",jiwon@house.kr,Jiwon,true,2021-03-01T00:00:00.000Z",
		"0055g00000KWzH2AAL,minsu@house.kr"+suffix+",minsu@house.kr,Minsu,true,2021-03-01T00:00:00.000Z")
	own.write("Login.csv", "EVENT_TYPE,TIMESTAMP,REQUEST_ID,ORGANIZATION_ID,USER_ID,USER_NAME,LOGIN_KEY,LOGIN_STATUS,LOGIN_TYPE,BROWSER_TYPE,SOURCE_IP,TIMESTAMP_DERIVED",
		fmt.Sprintf("Login,20251021010000.000,R1,%s,0055g00000KWzH1,jiwon@house.kr%s,loginA,LOGIN_NO_ERROR,Application,%s,%s,2025-10-21T01:00:00.000Z", organisation, suffix, quoted(edge), ip))
	own.write("LightningPageView.csv", "EVENT_TYPE,TIMESTAMP,REQUEST_ID,ORGANIZATION_ID,USER_ID,SESSION_KEY,LOGIN_KEY,USER_AGENT,PAGE_URL,TIMESTAMP_DERIVED,CLIENT_IP",
		fmt.Sprintf("LightningPageView,20251021010100.000,P1,%s,0055g00000KWzH1,keyA,loginA,%s,/lightning/page/home,2025-10-21T01:01:00.000Z,%s", organisation, quoted(edge), ip))
	own.write("ApiTotalUsage.csv", "EVENT_TYPE,TIMESTAMP,REQUEST_ID,ORGANIZATION_ID,USER_ID,TIMESTAMP_DERIVED,CLIENT_IP",
		fmt.Sprintf("ApiTotalUsage,20251021010200.000,P1,%s,,2025-10-21T01:01:00.500Z,%s", organisation, ip))
	return own
}

func TestOrganisationsAreKeptApart(t *testing.T) {
	f := folder{t, t.TempDir()}
	f.house(firstHouse, "", home1)
	f.house(secondHouse, ".copy", home1).spray(secondHouse)
	c := f.derive()
	for _, k := range []struct{ what, query, want string }{
		{"each session is its own organisation's, and so is its user's name",
			`SELECT s.organisation || ' ' || s.events || ' ' || u.username || ' ' || u.organisation FROM analysis.session s JOIN analysis.account u ON u.id = s.account WHERE s.events > 1 ORDER BY 1`,
			secondHouse + " 3 jiwon@house.kr.copy " + secondHouse + "; " + firstHouse + " 3 jiwon@house.kr " + firstHouse},
		{"no row goes to a session of the other", `SELECT DISTINCT f.organisation || ' ' || s.organisation FROM analysis.attribution x
			JOIN analysis.event e ON e.id = x.event JOIN evidence.file f ON f.id = e.file JOIN analysis.session s ON s.id = x.session ORDER BY 1`,
			secondHouse + " " + secondHouse + "; " + firstHouse + " " + firstHouse},
		{"failed logins and changes count where they were", `SELECT s.organisation || ' ' || t.sprayed || ' ' || t.changed FROM analysis.trait t JOIN analysis.session s ON s.id = t.session WHERE s.events > 1 ORDER BY 1`,
			secondHouse + " 5 1; " + firstHouse + " 0 0"},
	} {
		if got := ask(t, c, k.query); got != k.want {
			t.Errorf("%s:\ngot  %s\nwant %s", k.what, got, k.want)
		}
	}
	t.Run("a mark in one is no more than a hint in the other", func(t *testing.T) {
		marked := first(t, c, "SELECT id FROM analysis.session WHERE events > 1 AND organisation = '"+secondHouse+"'")
		err := c.Write(context.Background(), func(tx *sql.Tx) error {
			found, err := mark(context.Background(), tx, []int32{marked}, func() ([]session.Suggestion, error) { return session.Suggest(context.Background(), tx) })
			if err != nil || len(found) != 1 || found[0].Strength == session.Strong || !strings.Contains(found[0].Shared[0].Words, "another organisation") {
				t.Errorf("suggested: %+v", found)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestWhatMayBeOfAnyOrganisationCountsForIt(t *testing.T) {
	f := folder{t, t.TempDir()}
	f.house(firstHouse, "", home1)
	f.house(secondHouse, ".copy", home1).spray(secondHouse)
	f.guest()
	const query = `SELECT t.sprayed || ' ' || t.changed || ' ' || s.ended_by FROM analysis.trait t JOIN analysis.session s ON s.id = t.session WHERE s.organisation = '' AND s.login IS NOT NULL`
	if got, want := ask(t, f.derive(), query), "5 1 revocation"; got != want {
		t.Errorf("accounts tried, changes and end of the guest's session: %s, want %s", got, want)
	}
}

// guest writes a login of an account, from there, of which nothing says whose it is, and what an administrator of the second
// did to it.
func (f folder) guest() {
	f.t.Helper()
	own := folder{f.t, filepath.Join(f.path, "guest")}
	if err := os.MkdirAll(own.path, 0o700); err != nil {
		f.t.Fatal(err)
	}
	own.write("Login.csv", "EVENT_TYPE,TIMESTAMP,REQUEST_ID,USER_ID,USER_NAME,LOGIN_KEY,LOGIN_STATUS,LOGIN_TYPE,BROWSER_TYPE,SOURCE_IP,TIMESTAMP_DERIVED",
		"Login,20251021010000.000,G1,,guest@partner.kr,loginG,LOGIN_NO_ERROR,Application,"+quoted(edge)+","+home1+",2025-10-21T01:00:00.000Z")
	own.write("SetupAuditTrail.csv", "Id,CreatedDate,CreatedById,Action,Section,Display,DelegateUser",
		"0Ym5g000001abceEAA,2025-10-21T00:50:00.000Z,0055g00000KWz0AAAR,changedpassword,Manage Users,Changed password for user guest@partner.kr,",
		"0Ym5g000001abcfEAA,2025-10-21T01:40:00.000Z,0055g00000KWz0AAAR,frozeuser,Manage Users,Froze user guest@partner.kr,")
}

// spray writes failed logins of five accounts, and a new password for the account that works.
func (f folder) spray(organisation string) {
	f.t.Helper()
	lines := []string{"EVENT_TYPE,TIMESTAMP,REQUEST_ID,ORGANIZATION_ID,USER_ID,USER_NAME,LOGIN_KEY,LOGIN_STATUS,LOGIN_TYPE,BROWSER_TYPE,SOURCE_IP,TIMESTAMP_DERIVED"}
	for i := range 5 {
		lines = append(lines, fmt.Sprintf("Login,20251021003000.000,F%d,%s,0055g00000KWz%dA,u%d@house.kr,,LOGIN_ERROR_INVALID_PASSWORD,Application,%s,%s,2025-10-21T00:30:00.000Z", i, organisation, i, i, quoted(edge), home1))
	}
	f.write("Login-failed.csv", lines...)
	f.write("SetupAuditTrail.csv", "Id,CreatedDate,CreatedById,Action,Section,Display,DelegateUser",
		"0Ym5g000001abcdEAA,2025-10-21T00:40:00.000Z,0055g00000KWzH2AAL,changedpassword,Manage Users,Changed password for user jiwon@house.kr.copy,")
}

func first(t *testing.T, c *casefile.Case, query string) (id int32) {
	t.Helper()
	read(t, c, func(db analysis.Engine) error { return db.QueryRowContext(context.Background(), query).Scan(&id) })
	return id
}
