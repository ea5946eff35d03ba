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
	"github.com/breachscope/breachscope/analysis/event"
	"github.com/breachscope/breachscope/analysis/evidence"
	"github.com/breachscope/breachscope/analysis/session"
	"github.com/breachscope/breachscope/app/casefile"
	"github.com/breachscope/breachscope/assets"
)

// folder holds evidence files that a test writes.
type folder struct {
	t    *testing.T
	path string
}

func (f folder) write(name string, lines ...string) {
	f.t.Helper()
	if err := os.WriteFile(filepath.Join(f.path, name), []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		f.t.Fatal(err)
	}
}

const (
	home1  = "121.1.1.1"
	abroad = "193.138.7.8"
	edge   = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36"
	linux  = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
)

// crm writes users, logins and pages: two logins of account 1 at once, one of account 2, each with a page a minute later.
func (f folder) crm() {
	f.write("User.csv", "Id,Username,Email,Name,IsActive,CreatedDate",
		"0055g00000KWzH1AAL,jiwon@house.kr.crm,jiwon@house.kr,Jiwon,true,2021-03-01T00:00:00.000Z", "0055g00000KWzH2AAL,minsu@house.kr,minsu@house.kr,Minsu,true,2021-03-01T00:00:00.000Z")
	logins := []string{"EVENT_TYPE,TIMESTAMP,REQUEST_ID,ORGANIZATION_ID,USER_ID,USER_NAME,LOGIN_KEY,LOGIN_STATUS,LOGIN_TYPE,BROWSER_TYPE,SOURCE_IP,TIMESTAMP_DERIVED"}
	pages := []string{"EVENT_TYPE,TIMESTAMP,REQUEST_ID,ORGANIZATION_ID,USER_ID,SESSION_KEY,LOGIN_KEY,USER_AGENT,PAGE_URL,TIMESTAMP_DERIVED,CLIENT_IP"}
	for i, l := range []struct{ user, name, ip, agent, at string }{
		{"0055g00000KWzH1", "jiwon@house.kr.crm", home1, edge, "01:00:05"}, {"0055g00000KWzH1", "jiwon@house.kr.crm", abroad, linux, "01:02:05"}, {"0055g00000KWzH2", "minsu@house.kr", home1, edge, "01:01:05"},
	} {
		stamp := strings.ReplaceAll(l.at, ":", "")
		logins = append(logins, fmt.Sprintf("Login,20251021%s.000,R%d,00D5g00000y58ee,%s,%s,login%d,LOGIN_NO_ERROR,SAML Sfdc Initiated SSO,%s,%s,2025-10-21T%s.000Z", stamp, i, l.user, l.name, i, quoted(l.agent), l.ip, l.at))
		pages = append(pages, fmt.Sprintf("LightningPageView,20251021%s.000,P%d,00D5g00000y58ee,%s,key%d,login%d,%s,/lightning/page/home,2025-10-21T%s.900Z,%s", stamp, i, l.user, i, i, quoted(l.agent), l.at, l.ip))
	}
	f.write("Login.csv", logins...)
	f.write("LightningPageView.csv", pages...)
}

func quoted(text string) string { return `"` + text + `"` }

func okta(at, kind, user, ip, agent, own, app, result string) string {
	return fmt.Sprintf(`{"uuid":"%s%s%s","published":"2025-10-21T%s.000Z","eventType":"%s","displayMessage":"x","actor":{"id":"00u1","type":"User","alternateId":"%s"},"client":{"ipAddress":"%s","userAgent":{"rawUserAgent":"%s"}},"outcome":{"result":"%s"},"authenticationContext":{"externalSessionId":"%s"},"target":[{"type":"AppInstance","displayName":"%s"}]}`,
		at, kind, user, at, kind, user, ip, agent, result, own, app)
}

// derive adds the folder and derives its sessions.
func (f folder) derive() *casefile.Case {
	f.t.Helper()
	ctx := context.Background()
	c, err := casefile.Create(ctx, filepath.Join(f.t.TempDir(), "files"+casefile.Extension), casefile.Options{Readers: 1})
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { c.Close() })
	catalog, err := evidence.LoadCatalog(assets.Folder("kinds"))
	if err != nil {
		f.t.Fatal(err)
	}
	settings := analysis.Settings{Timezone: "Asia/Seoul"}
	err = c.Write(ctx, func(tx *sql.Tx) error {
		added, err := evidence.Add(ctx, tx, catalog, c.Staging(), []string{f.path}, evidence.Options{Timezone: settings.Timezone}, nil)
		if err != nil {
			return err
		}
		for _, a := range added {
			if a.Kind == "" || a.Loaded == 0 {
				f.t.Errorf("not understood: %+v", a)
			}
		}
		if err := event.Derive(ctx, tx, catalog, settings, nil); err != nil {
			return err
		}
		return session.Derive(ctx, tx, settings, nil)
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return c
}

// provider says, for every row of the identity provider in order of time, whose CRM session it is part of ("none": of no
// CRM session) and how that is known.
func provider(t *testing.T, c *casefile.Case) string {
	return ask(t, c, `SELECT strftime(e."at", '%M:%S') || ' ' || coalesce(l.login_key, 'none') || ' ' || x.how || CASE WHEN x.certain THEN '' ELSE '?' END
		FROM analysis.event e JOIN analysis.attribution x ON x.event = e.id JOIN analysis.session s ON s.id = x.session LEFT JOIN analysis.login l ON l.id = s.login
		WHERE NOT starts_with(e.kind, 'salesforce.') ORDER BY e."at", e.id`)
}

func TestLoginsAtTheProviderOpenTheirCRMSession(t *testing.T) {
	for name, c := range map[string]struct {
		write func(f folder)
		want  string
	}{
		"Okta: owner and thief at once, a guess that failed, an app that is not the CRM": {func(f folder) {
			f.write("okta.json", "["+strings.Join([]string{
				okta("01:00:00", "user.authentication.sso", "jiwon@house.kr", home1, edge, "E1", "Salesforce", "SUCCESS"),
				okta("01:01:40", "user.authentication.auth_via_mfa", "jiwon@house.kr", abroad, linux, "E2", "Salesforce", "FAILURE"),
				okta("01:02:00", "user.authentication.sso", "jiwon@house.kr", abroad, linux, "E2", "Salesforce", "SUCCESS"),
				okta("01:40:00", "user.authentication.sso", "jiwon@house.kr", home1, edge, "E1", "Travel", "SUCCESS")}, ",\n")+"]")
		}, "00:00 login0 identity provider; 01:40 none failed login; 02:00 login1 identity provider; 40:00 none session key"},
		"Entra: the same user name, a port in the address": {func(f folder) {
			f.write("InteractiveSignIns.csv", "Date (UTC),Request ID,User agent,Correlation ID,User,Username,Application,Application ID ,IP address,Status,Sign-in error code,Session ID",
				"2025-10-21T01:01:00Z,q1,"+quoted(edge)+",c1,Minsu,minsu@house.kr,Salesforce,a,"+home1+":51000,Success,0,s1",
				"2025-10-21T01:02:01Z,q2,"+quoted(linux)+",c2,Jiwon,jiwon@house.kr,Salesforce,a,"+abroad+",Success,0,s2")
		}, "01:00 login2 identity provider; 02:01 login1 identity provider"},
	} {
		t.Run(name, func(t *testing.T) {
			f := folder{t, t.TempDir()}
			f.crm()
			c.write(f)
			kase := f.derive()
			if got := provider(t, kase); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			everyEventBelongs(t, kase)
		})
	}
}
