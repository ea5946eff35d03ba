package main

import (
	"fmt"
	"strings"
)

// logs writes all event log files of the week. Events arrive in about the order of time; every kind has one file a day,
// and a few hours were exported once more (or only) as hourly files.
type logs struct {
	root   string
	seed   uint64
	daily  map[*kind][]*evidenceFile
	hourly map[*kind]map[int64]*evidenceFile
	row    []string
	k      *kind
	s      *session
	at     int64
	logins []loginRow
	total  int
	dupes  int
	fail   error
	style  style
}

// loginRow is a line of the set-up page's login history.
type loginRow struct {
	at                                               int64
	user, kind, subtype, ip, status, browser, client string
}

// again lists the hours that were exported a second time.
var again = map[*kind][]int64{
	login:       {utc(2026, 3, 11, 5, 0, 0)},
	restAPI:     {utc(2026, 3, 11, 5, 0, 0), utc(2026, 3, 11, 6, 0, 0), utc(2026, 3, 11, 23, 0, 0)},
	uniqueQuery: {utc(2026, 3, 12, 0, 0, 0)},
}

// oddities of the daily files, by kind and day of the week of logs.
var oddities = map[*kind]map[int]string{
	login:      {2: "bom"},
	logout:     {1: "spaced"},
	pageView:   {1: "nots", 2: "id15", 3: "id15"},
	aura:       {2: "malformed"},
	uri:        {4: "headers"},
	restAPI:    {3: "shuffle"},
	totalUsage: {2: "extracols"},
	search:     {5: "truncated"},
	report:     {4: "crlf"},
	bulkAPI2:   {3: "bom"},
}

func newLogs(root string, seed uint64, s style) *logs {
	return &logs{root: root, seed: seed, style: s, daily: map[*kind][]*evidenceFile{}, hourly: map[*kind]map[int64]*evidenceFile{}, row: make([]string, 64)}
}

// begin starts a row of a kind; the columns every kind shares are filled from session and moment.
func (l *logs) begin(k *kind, s *session, at int64, key string, r *random) {
	l.k, l.s, l.at = k, s, at
	clear(l.row)
	t := newStamp(at)
	l.set("EVENT_TYPE", k.name)
	l.set("TIMESTAMP", t.compact())
	l.set("TIMESTAMP_DERIVED", t.iso())
	l.set("ORGANIZATION_ID", orgID[:15])
	l.set("REQUEST_ID", requestID(k, r))
	values := [...]string{s.user.id[:15], s.user.id, "Standard", s.login, key, s.ip, "S", itoa(10 + r.intn(700)), itoa(5 + r.intn(120)), itoa(1_000_000 + r.intn(900_000_000))}
	for i, at := range k.shared {
		if at >= 0 {
			l.row[at] = values[i]
		}
	}
}

func requestID(k *kind, r *random) string {
	switch {
	case k == pageView || k == aura || k == uri || k == search || k == searchClick || k == report:
		return "TID:" + r.text(digits, 10) + r.text(hexDigits, 8)
	case r.chance(25):
		return "SLB:" + r.text(hexDigits, 32)
	}
	return "4" + r.text(base62, 20) + "-"
}

// set fills a column; a name the kind does not have is a mistake in this program.
func (l *logs) set(column, value string) {
	i, ok := l.k.index[column]
	if !ok {
		panic(l.k.name + " has no column " + column)
	}
	l.row[i] = value
}

func (l *logs) get(column string) string { return l.row[l.k.index[column]] }

// end writes the row to its daily file, and again to the hourly one when there is one.
func (l *logs) end() {
	if l.fail != nil || l.at < logsFrom || l.at >= logsTo || l.k == restAPI && l.at >= gapFrom && l.at < gapTo {
		return
	}
	l.s.saw(l.at)
	if f := l.dayFile(); f != nil {
		l.send(f)
	}
	for _, from := range again[l.k] {
		if l.at >= from && l.at < from+hour {
			if f := l.hourFile(from); f != nil {
				l.send(f)
				f.Duplicates++
				l.dupes++
			}
		}
	}
}

func (l *logs) send(f *evidenceFile) {
	values := l.row[:len(l.k.columns)]
	if f.has("nots") {
		values = append([]string(nil), values...)
		values[l.k.index["TIMESTAMP_DERIVED"]] = ""
	}
	if f.has("id15") {
		values = append([]string(nil), values...)
		i := l.k.index["PAGE_ENTITY_ID"]
		values[i] = values[i][:min(15, len(values[i]))]
	}
	f.write(values, l.at)
	l.total++
}

func (l *logs) dayFile() *evidenceFile {
	files := l.daily[l.k]
	if files == nil {
		files = make([]*evidenceFile, 7)
		l.daily[l.k] = files
	}
	d := int((l.at - logsFrom) / day)
	if files[d] == nil {
		quirk := strings.Fields(oddities[l.k][d])
		files[d] = l.open(l.at/day*day, "", quirk)
	}
	return files[d]
}

func (l *logs) hourFile(from int64) *evidenceFile {
	if l.hourly[l.k] == nil {
		l.hourly[l.k] = map[int64]*evidenceFile{}
	}
	if l.hourly[l.k][from] == nil {
		l.hourly[l.k][from] = l.open(from, fmt.Sprintf("_H%02d", from/hour%24), nil)
	}
	return l.hourly[l.k][from]
}

func (l *logs) open(from int64, hourly string, quirks []string) *evidenceFile {
	which := uint64(l.k.index["TIMESTAMP_DERIVED"]) + uint64(from/hour)*64 + uint64(len(l.k.name))<<32
	r := newRandom(l.seed, ofFile, which, uint64(l.k.name[0]), uint64(l.k.name[1]))
	suffix := ".csv"
	if hourly == "" && r.chance(45) {
		suffix = ".csv.gz"
	}
	name := fmt.Sprintf("logs/%s_%s%s_%s%s", l.k.name, newStamp(from).compact()[:8], hourly, newID("0AT", 1_000_000+r.intn(8_000_000)), suffix)
	f, err := newEvidenceFile(l.root, name, l.k.name, l.k.columns, quirks...)
	if err != nil {
		l.fail = err
		return nil
	}
	return f
}

// close ends all files in a fixed order.
func (l *logs) close() ([]fileTruth, error) {
	var truths []fileTruth
	for _, k := range kinds {
		files := append([]*evidenceFile{}, l.daily[k]...)
		for _, from := range again[k] {
			files = append(files, l.hourly[k][from])
		}
		for _, f := range files {
			if f == nil {
				continue
			}
			t, err := f.close()
			if err != nil {
				return nil, fmt.Errorf("closing %s: %w", t.File, err)
			}
			truths = append(truths, t)
		}
	}
	return truths, l.fail
}
