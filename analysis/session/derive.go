package session

import (
	"context"
	"embed"
	"encoding/csv"
	"fmt"
	"io/fs"
	"net/netip"
	"regexp"
	"strings"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/assets"
)

//go:embed sql/*.sql
var statements embed.FS

// Derive empties and refills session, segment, attribution, trait and finding from the events, by the embedded rules.
func Derive(ctx context.Context, db analysis.Engine, settings analysis.Settings, progress analysis.Progress) error {
	rules, err := LoadRules()
	if err != nil {
		return err
	}
	return DeriveBy(ctx, db, settings, rules, progress)
}

// DeriveBy does what Derive does, by rules the investigator chose.
func DeriveBy(ctx context.Context, db analysis.Engine, settings analysis.Settings, rules []Rule, progress analysis.Progress) error {
	file := func(name string) func() error { return func() error { return run(ctx, db, name) } }
	steps := []struct {
		name string
		do   func() error
	}{
		{"keys", file("key")},
		{"clients under one key", func() error { return split(ctx, db) }},
		{"rows without a client", file("contested")},
		{"rows without a key", file("loose")},
		{"sessions", file("session")},
		{"segments", file("segment")},
		{"traits", func() error { return traits(ctx, db, settings) }},
		{"rules", func() error { return judge(ctx, db, rules) }},
		{"tidying", func() error { return tidy(ctx, db) }},
	}
	for i, s := range steps {
		progress.Tell(analysis.Step{Name: s.name, Done: int64(i), Total: int64(len(steps))})
		if err := s.do(); err != nil {
			return fmt.Errorf("deriving sessions: %s: %w", s.name, err)
		}
	}
	return nil
}

// traits measures every session, with the published indicators of the law folder at hand.
func traits(ctx context.Context, db analysis.Engine, settings analysis.Settings) error {
	zone := settings.Timezone
	if zone == "" {
		zone = "UTC"
	}
	if _, err := db.ExecContext(ctx, "SET VARIABLE zone = "+analysis.Literal(zone)); err != nil {
		return err
	}
	if err := published(ctx, db); err != nil {
		return fmt.Errorf("reading published indicators: %w", err)
	}
	return run(ctx, db, "trait")
}

// published fills temp.ioc from law/iocs.csv.
func published(ctx context.Context, db analysis.Engine) error {
	file, err := assets.Folder("law").Open("iocs.csv")
	if err != nil {
		return err
	}
	defer file.Close()
	lines, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return err
	}
	column := map[string]int{}
	for i, name := range lines[0] {
		column[name] = i
	}
	var kind, value, campaign, confidence, network []string
	for _, l := range lines[1:] {
		kind, value = append(kind, l[column["type"]]), append(value, l[column["value"]])
		campaign, confidence = append(campaign, l[column["campaign"]]), append(confidence, l[column["confidence"]])
		near := ""
		if ip, err := netip.ParseAddr(l[column["value"]]); err == nil && ip.Is4() {
			near = netip.PrefixFrom(ip, 24).Masked().String()
		}
		network = append(network, near)
	}
	_, err = db.ExecContext(ctx, `CREATE OR REPLACE TEMP TABLE ioc AS SELECT unnest($1::VARCHAR[]) AS type, unnest($2::VARCHAR[]) AS value,
		unnest($3::VARCHAR[]) AS campaign, unnest($4::VARCHAR[]) AS confidence, unnest($5::VARCHAR[]) AS network`, kind, value, campaign, confidence, network)
	return err
}

// run executes the statements of an embedded file one by one, so that a cancelled context stops between them too.
func run(ctx context.Context, db analysis.Engine, file string) error {
	text, err := statements.ReadFile("sql/" + file + ".sql")
	if err != nil {
		return err
	}
	for _, s := range strings.Split(string(text), ";\n") {
		if strings.TrimSpace(s) == "" {
			continue
		}
		if _, err := db.ExecContext(ctx, s); err != nil {
			return fmt.Errorf("%s: %w in %.160s", file, err, strings.TrimSpace(s))
		}
	}
	return nil
}

var temporary = regexp.MustCompile(`CREATE OR REPLACE TEMP (VIEW|MACRO|TABLE) (\w+)(?:\(\w+\) AS (TABLE))?`)

// tidy drops what the statements left behind, and what this package makes without a file; views before the tables they read.
func tidy(ctx context.Context, db analysis.Engine) error {
	drops := []string{"TABLE IF EXISTS temp.node_client", "TABLE IF EXISTS temp.ioc", "TABLE IF EXISTS temp.fired"}
	err := fs.WalkDir(statements, "sql", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := statements.ReadFile(path)
		for _, m := range temporary.FindAllStringSubmatch(string(text), -1) {
			drop := strings.TrimSpace(m[1]+" "+m[3]) + " IF EXISTS temp." + m[2]
			if m[1] == "TABLE" {
				drops = append(drops, drop)
			} else {
				drops = append([]string{drop}, drops...)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, d := range drops {
		if _, err := db.ExecContext(ctx, "DROP "+d); err != nil {
			return err
		}
	}
	return nil
}
