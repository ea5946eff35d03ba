package main

import (
	"bufio"
	"encoding/json"
	"sort"
	"strings"
)

// brief is what the investigator is told at the start.
func (w *witness) brief() any {
	type indicator struct {
		Type  string `json:"type"`
		Value string `json:"value"`
		Date  string `json:"date"`
		Note  string `json:"note"`
	}
	return struct {
		Case         string      `json:"case"`
		Organisation string      `json:"organisation"`
		OrgID        string      `json:"org_id"`
		Timezone     string      `json:"org_timezone"`
		From         string      `json:"logs_from"`
		To           string      `json:"logs_to"`
		Snapshot     string      `json:"customer_snapshot_taken_at"`
		Indicators   []indicator `json:"indicators"`
		Notes        []string    `json:"notes"`
	}{
		Case: "VELMORIN-2026-03", Organisation: organisation, OrgID: orgID, Timezone: "Asia/Seoul", From: iso(logsFrom), To: iso(logsTo), Snapshot: iso(snapshotAt),
		Indicators: []indicator{
			{"account", w.staff[visitor].login, "2026-03-11", "the manager was called by 'IT support' and read out a code on the set-up page"},
			{"ip", w.style.first, "2026-03-11", "named by the platform vendor as a suspicious address"},
		},
		Notes: []string{
			"Everything in this case is invented: the house, its staff, its clients and the thief.",
			"All staff can read all client records (org-wide default: public read).",
			"Event log files are in UTC. The customer snapshot is an export-all: records in the recycle bin are included with IsDeleted = true.",
			"Real-time events were only exported for two short periods.",
		},
	}
}

// truth writes truth.json: the small parts from memory, the long ones from their files.
func (w *witness) truth(out *bufio.Writer, t *teller) error {
	sessions, legitimate, others, decoys := w.sessionTruths()
	for _, sc := range sortedCounts(w.counts(t)) {
		t.counts[sc.name] = sc.n
	}
	j := &jsonWriter{out: out}
	j.field("schema", 1)
	j.field("generator", map[string]any{"seed": w.seed, "contacts": w.customers, "events": w.events, "days": 7, "staff": len(w.staff) - 3})
	j.field("org", map[string]string{"id": orgID[:15], "timezone": "Asia/Seoul"})
	j.field("logs_from", iso(logsFrom))
	j.field("logs_to", iso(logsTo))
	j.field("snapshot_at", iso(snapshotAt))
	j.field("attack_from", sessions[0].First)
	j.field("attack_to", lastOf(sessions))
	j.field("scored_objects", []string{"Contact", "Asset", "Case", "Order"})
	j.field("ignored_fields", ignored)
	j.field("counts", t.counts)
	j.field("countries_taken", t.taken)
	j.field("countries_ideal_confirmed", t.ideal)
	j.field("attacker_ips", map[string]any{"A1": w.style.first, "A2": w.style.second, "B": w.style.night, "C": w.style.exit, "D": w.style.empty, "SPRAY": w.style.spray()})
	j.field("attacker_sessions", sessions)
	j.field("legit_sessions_same_accounts", legitimate)
	j.field("other_legit_sessions", others)
	j.field("decoys", decoys)
	j.field("failed_logins", map[string]any{"attacker": w.attack.failures, "scanner": map[string]any{"ip": scannerIP, "count": scannerTries}})
	j.field("queries", w.queryTruths(t))
	j.field("viewed", w.viewed())
	j.field("field_sets", t.setList)
	for _, name := range []string{"records", "persons", "person_of_contact", "duplicate_pairs"} {
		if err := j.part(name, t.parts[name]); err != nil {
			return err
		}
	}
	j.field("ambiguous_pairs", t.ambiguous)
	t.traps["company_renamed"] = w.survey.clients.corporates[2].id
	j.field("traps", t.traps)
	j.field("gaps", []any{map[string]any{"event_type": "RestApi", "from": iso(gapFrom), "to": iso(gapTo), "why": "no RestApi rows were delivered for this hour", "queries_inside": []string{"QG"}, "bounded_by": []string{"UniqueQuery", "ApiTotalUsage"}}})
	j.field("rtem_windows", w.windows())
	j.field("rules", map[string]any{"row_count_of_nested_queries": map[bool]string{false: "parents", true: "parents and children"}[w.style.childrenCounted]})
	j.field("files", w.files)
	j.field("brief", w.brief())
	return j.close()
}

type namedCount struct {
	name string
	n    int
}

func sortedCounts(m map[string]int) []namedCount {
	var out []namedCount
	for k, n := range m {
		out = append(out, namedCount{k, n})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].name < out[j].name })
	return out
}

// counts are the totals not counted on the way.
func (w *witness) counts(t *teller) map[string]int {
	m := map[string]int{"duplicate_rows": w.logs.dupes, "contacts": w.survey.rows["Contact"], "assets": w.survey.rows["Asset"], "orders": w.survey.rows["Order"], "cases": w.survey.rows["Case"], "attacker_sessions": len(w.attack.order)}
	for _, f := range w.files {
		m["malformed_rows"] += f.Malformed
		if !strings.HasPrefix(f.Kind, "customers:") {
			m["log_rows"] += f.Good
		}
	}
	m["log_rows_unique"] = m["log_rows"] - m["duplicate_rows"]
	for _, q := range w.attack.queries {
		if !q.recon {
			m["attacker_queries"]++
			if q.found.determined {
				m["determined_queries"]++
			}
		}
	}
	return m
}

func lastOf(sessions []sessionTruth) string {
	last := ""
	for _, s := range sessions {
		last = max(last, s.Last)
	}
	return last
}

// sessionTruths sorts the sessions by whose they were.
func (w *witness) sessionTruths() (attacker, legitimate, others, decoys []sessionTruth) {
	for _, id := range w.attack.order {
		attacker = append(attacker, w.attack.sessions[id].truth(id))
	}
	victims := map[string]bool{}
	for _, s := range attacker {
		victims[s.Account] = true
	}
	legitimate, others, decoys = []sessionTruth{}, []sessionTruth{}, []sessionTruth{}
	for _, s := range w.traffic.all {
		switch {
		case s.events == 0:
		case victims[s.user.id]:
			legitimate = append(legitimate, s.truth("L"+itoa(1000 + len(legitimate))[1:]))
		default:
			others = append(others, s.truth("-"))
		}
	}
	for _, s := range w.traffic.decoys {
		decoys = append(decoys, s.truth("D"+itoa(101 + len(decoys))[1:]))
	}
	return
}

func (w *witness) queryTruths(t *teller) []queryTruth {
	var out []queryTruth
	for _, q := range w.attack.queries {
		x := queryTruth{ID: q.id, Session: q.session, At: iso(q.at), Carrier: q.carrier, Text: q.text, Object: entity(q), Recon: q.recon, Act: "acquired", Fields: []string{}, Note: q.note, Determined: q.found.determined}
		if q.viewed {
			x.Act = "viewed"
		}
		if q.recon {
			n := q.count(len(w.staff))
			x.Logged = &n
			out = append(out, x)
			continue
		}
		q.describe(&x, w.style)
		if c := t.perQuery[q.id]; c != nil {
			x.Taken, x.Confirmed, x.Possible = c[0], c[1], c[2]
		}
		out = append(out, x)
	}
	return out
}

// describe fills in what a query brought.
func (q *query) describe(x *queryTruth, s style) {
	x.Fields = append(x.Fields, q.fields...)
	for _, f := range q.parentFields {
		x.Fields = append(x.Fields, "Contact."+f)
	}
	for _, f := range q.childFields {
		x.Fields = append(x.Fields, "Asset."+f)
	}
	sort.Strings(x.Fields)
	rows, matching := q.returned(), q.found.rows
	x.Rows, x.Matching, x.Children, x.Certain = &rows, &matching, q.found.children, q.found.certain
	if logged := rows; !q.uncounted {
		if s.childrenCounted {
			logged += q.found.children
		}
		x.Logged = &logged
	}
	if q.job != "" {
		job := q.job[:15]
		x.Job = &job
	}
	least, most := q.replayRows()
	x.Replay = []int{least, most}
}

func (w *witness) viewed() any {
	type view struct {
		Object  string `json:"object"`
		Record  string `json:"record_id"`
		At      string `json:"at"`
		Session string `json:"session"`
		Carrier string `json:"carrier"`
	}
	out := []view{}
	for _, s := range w.attack.sights {
		out = append(out, view{s.record.object.name, s.record.id, iso(s.at), s.session, s.carrier})
	}
	return out
}

func (w *witness) windows() any {
	out := []any{}
	for _, x := range windows {
		out = append(out, map[string]any{"event": "ApiEvent", "from": iso(x[0]), "to": iso(x[1]), "records_cut_at": recordsLength})
	}
	return out
}

// jsonWriter writes one large object, a field a line.
type jsonWriter struct {
	out  *bufio.Writer
	some bool
	fail error
}

func (j *jsonWriter) name(name string) {
	j.out.WriteString(map[bool]string{false: "{\n", true: ",\n"}[j.some] + `"` + name + `": `)
	j.some = true
}

func (j *jsonWriter) field(name string, v any) {
	j.name(name)
	text, err := json.Marshal(v)
	if err != nil && j.fail == nil {
		j.fail = err
	}
	j.out.Write(text)
}

func (j *jsonWriter) part(name string, p *part) error {
	j.name(name)
	brackets := map[bool]string{true: "{}", false: "[]"}[name == "persons" || name == "person_of_contact"]
	j.out.WriteString(brackets[:1] + "\n")
	if err := p.copyTo(j.out); err != nil {
		return err
	}
	j.out.WriteString(brackets[1:])
	return nil
}

func (j *jsonWriter) close() error {
	j.out.WriteString("\n}\n")
	return j.fail
}
