package session_test

import "testing"

// One key, renewed from the same place with the same browser: only how the connection was encrypted tells that another
// program did it. A second user's logins spell one protocol in two ways, and tell a cipher suite only once.
func TestSegmentsPartWhereEncryptionChanges(t *testing.T) {
	f := folder{t, t.TempDir()}
	login := func(at, request, user, key, protocol, cipher string) string {
		return "Login,20251021" + at + "," + request + ",00D5g00000y58ee," + user + "," + user + "@house.kr," + key + ",LOGIN_NO_ERROR,Application," +
			quoted(edge) + "," + protocol + "," + cipher + "," + home1
	}
	page := func(at, request, user, key string) string {
		return "LightningPageView,20251021" + at + "," + request + ",00D5g00000y58ee," + user + ",s" + key + "," + key + "," + quoted(edge) + ",/lightning/page/home," + home1
	}
	const jiwon, minsu = "0055g00000KWzH1", "0055g00000KWzH2"
	f.write("Login.csv", "EVENT_TYPE,TIMESTAMP,REQUEST_ID,ORGANIZATION_ID,USER_ID,USER_NAME,LOGIN_KEY,LOGIN_STATUS,LOGIN_TYPE,BROWSER_TYPE,TLS_PROTOCOL,CIPHER_SUITE,SOURCE_IP",
		login("010000.000", "R1", jiwon, "keyJ", "TLSv1.3", "TLS_AES_256_GCM_SHA384"),
		login("013000.000", "R2", jiwon, "keyJ", "TLSv1.2", "ECDHE-RSA-AES128-GCM-SHA256"),
		login("010000.000", "R3", minsu, "keyM", "TLSv1.2", ""),
		login("013000.000", "R4", minsu, "keyM", "TLS 1.2", ""),
		login("014000.000", "R5", minsu, "keyM", "TLSv1.2", "ECDHE-RSA-AES128-GCM-SHA256"))
	f.write("LightningPageView.csv", "EVENT_TYPE,TIMESTAMP,REQUEST_ID,ORGANIZATION_ID,USER_ID,SESSION_KEY,LOGIN_KEY,USER_AGENT,PAGE_URL,CLIENT_IP",
		page("010100.000", "P1", jiwon, "keyJ"), page("013100.000", "P2", jiwon, "keyJ"), page("013200.000", "P3", jiwon, "keyJ"), page("010100.000", "P4", minsu, "keyM"))
	const query = `SELECT u.user_id[:15] || ' ' || g.segment || ' ' || g.events FROM analysis.segment g JOIN analysis.session s ON s.id = g.session
		JOIN analysis.account u ON u.id = s.account ORDER BY u.user_id, g.segment`
	if got, want := ask(t, f.derive(), query), jiwon+" 0 2; "+jiwon+" 1 3; "+minsu+" 0 4"; got != want {
		t.Errorf("segments and their rows: %s, want %s", got, want)
	}
}
