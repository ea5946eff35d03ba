package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
)

type options struct {
	seed      uint64
	customers int
	events    int
	out, zip  string
	style     style
}

// staffCount is about sixty; a benchmark with millions of events gets a larger house, as a real one would be.
func (o options) staffCount() int {
	if o.events <= 100_000 {
		return 60
	}
	return 60 + o.events/2000
}

// run writes the whole incident. What is in the folder from an earlier run is replaced.
func (o options) run() error {
	if o.style.first == "" {
		o.style = styles["plain"]
	}
	if err := os.RemoveAll(filepath.Join(o.out, "evidence")); err != nil {
		return err
	}
	if err := os.MkdirAll(o.out, 0o755); err != nil {
		return err
	}
	if o.events > 500_000 {
		gzipLevel = 1
	}
	staff := newStaff(o.seed, o.staffCount())
	c := newClients(o.seed, o.customers, ownersOf(staff))
	queries := newQueries()
	s := newSurvey(o.seed, c, queries)
	tables, err := writeTables(o.out, s, staff)
	if err != nil {
		return fmt.Errorf("writing customer tables: %w", err)
	}
	a := newAttack(o, staff, c, queries)
	t := &traffic{seed: o.seed, staff: staff, clients: o.customers, events: o.events}
	logs, l, err := writeLogs(o, t, a, s)
	if err != nil {
		return fmt.Errorf("writing logs: %w", err)
	}
	if err := writeDefinitions(o.out); err != nil {
		return fmt.Errorf("writing report definitions: %w", err)
	}
	w := &witness{options: o, staff: staff, survey: s, attack: a, traffic: t, logs: l, files: append(tables, logs...)}
	if err := w.write(); err != nil {
		return fmt.Errorf("writing the truth: %w", err)
	}
	if o.zip != "" {
		return pack(o.out, o.zip)
	}
	return nil
}

func ownersOf(staff []*employee) []string {
	var ids []string
	for _, e := range staff[:57] {
		ids = append(ids, e.id)
	}
	return ids
}

// writeTables writes the customer tables while the queries are being answered.
func writeTables(root string, s *survey, staff []*employee) ([]fileTruth, error) {
	files := map[*object]*evidenceFile{}
	for _, o := range objects {
		quirks := map[*object][]string{contact: {"bom"}}[o]
		f, err := newEvidenceFile(root, "customers/"+o.name+".csv", "customers:"+o.name, o.columns, quirks...)
		if err != nil {
			return nil, err
		}
		files[o] = f
	}
	if err := s.run(func(r *record) error { files[r.object].write(r.values, 0); return nil }); err != nil {
		return nil, err
	}
	var truths []fileTruth
	for _, o := range objects {
		t, err := files[o].close()
		if err != nil {
			return nil, err
		}
		truths = append(truths, t)
	}
	users, err := writeUsers(root, staff)
	return append(truths, users), err
}

func writeUsers(root string, staff []*employee) (fileTruth, error) {
	columns := []string{"Id", "Username", "FirstName", "LastName", "Name", "Email", "Profile.Name", "Department", "IsActive", "TimeZoneSidKey", "LocaleSidKey", "CreatedDate"}
	f, err := newEvidenceFile(root, "customers/User.csv", "customers:User", columns)
	if err != nil {
		return fileTruth{}, err
	}
	for _, e := range staff {
		zone, locale := e.timezone()
		f.write([]string{e.id, e.login, e.first, e.last, e.first + " " + e.last, e.login, e.profile, e.department, fmt.Sprint(e.active), zone, locale, "2021-02-01T00:00:00.000Z"}, 0)
	}
	return f.close()
}

// writeLogs plays the week.
func writeLogs(o options, t *traffic, a *attack, s *survey) ([]fileTruth, *logs, error) {
	t.plan()
	t.planDecoys()
	for _, v := range t.visits {
		if v.user == t.staff[neighbour] && v.at/day == (logsFrom+4*day)/day {
			a.hijack(v.session)
		}
	}
	a.plan(s.lost)
	l := newLogs(o.out, o.seed, o.style)
	append(t.cast, &a.script).play(l)
	files, err := l.close()
	if err != nil {
		return nil, nil, err
	}
	events, err := writeAPIEvents(o.out, o.seed, append(a.events, t.platformEvents()...))
	if err != nil {
		return nil, nil, err
	}
	history, err := writeLoginHistory(o.out, l.logins)
	if err != nil {
		return nil, nil, err
	}
	trail, err := writeAuditTrail(o.out, t.staff)
	return append(files, events, history, trail), l, err
}

// witness puts together brief and truth.
type witness struct {
	options
	staff   []*employee
	survey  *survey
	attack  *attack
	traffic *traffic
	logs    *logs
	files   []fileTruth
}

func (w *witness) write() error {
	if err := writeJSON(filepath.Join(w.out, "brief.json"), w.brief()); err != nil {
		return err
	}
	t, err := newTeller(w.out, w.attack)
	if err != nil {
		return err
	}
	if err := t.tell(w.survey.clients); err != nil {
		return err
	}
	f, err := os.Create(filepath.Join(w.out, "truth.json"))
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(f, 1<<16)
	if err := w.truth(out, t); err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return err
	}
	return f.Close()
}
