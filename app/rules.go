package app

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/netip"
	"os"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/event"
	"github.com/breachscope/breachscope/analysis/session"
	"github.com/breachscope/breachscope/app/casefile"
)

// Network is a range the investigator knows: an office, the victim's own VPN, an allow-list.
type Network = analysis.Network

// Rule says what makes a session suspicious.
type Rule = session.Rule

// RefusedRule is a rule of the investigator's folder that has no full counterpart here.
type RefusedRule = session.Refused

// LoadNetworks reads a file of the investigator's own networks: a CSV with the header range,name,class.
func LoadNetworks(path string) ([]Network, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	networks, err := event.LoadNetworks(file)
	if err != nil {
		return nil, &Problem{path + ": " + err.Error(), "write one range a line as 203.0.113.0/24,Head office,office; classes are office, vpn and allow-list", err}
	}
	return networks, nil
}

// SetNetworks says which networks the investigator knows, in place of those before, and derives the sessions again.
func (c *Case) SetNetworks(ctx context.Context, networks []Network, p analysis.Progress) error {
	if networks == nil {
		networks = []Network{}
	}
	return c.set(ctx, "networks", given{Networks: networks}, networks, p)
}

// Networks are those the investigator knows.
func (c *Case) Networks(ctx context.Context) (networks []Network, err error) {
	err = c.file.Read(ctx, func(db analysis.Engine) error { return readGiven(ctx, db, "networks", &networks) })
	return networks, err
}

// LoadRules reads a folder of the investigator's own rules. Sigma rules that cannot be translated whole are refused.
func LoadRules(folder string) ([]Rule, []RefusedRule, error) {
	if _, err := os.ReadDir(folder); err != nil {
		return nil, nil, err
	}
	var files fs.FS = os.DirFS(folder)
	rules, refused, err := session.ReadRules(files)
	if err != nil {
		return nil, nil, &Problem{err.Error(), "correct the file, or take it out of the folder", err}
	}
	if len(rules)+len(refused) == 0 {
		return nil, nil, &Problem{folder + " holds no rules", "name a folder with rules in files ending in .yaml or .yml; --clear forgets those given before", nil}
	}
	return rules, refused, nil
}

// SetRules puts the investigator's own rules over those of the program, in place of her earlier ones, and judges the
// sessions again. A rule that cannot be run leaves everything as it was.
func (c *Case) SetRules(ctx context.Context, rules []Rule, p analysis.Progress) error {
	if rules == nil {
		rules = []Rule{}
	}
	return c.set(ctx, "rules", given{Rules: rules}, rules, p)
}

// Rules are all in force: the program's, with the investigator's own over them.
func (c *Case) Rules(ctx context.Context) (rules []Rule, err error) {
	err = c.file.Read(ctx, func(db analysis.Engine) error {
		rules, err = rulesInForce(ctx, db)
		return err
	})
	return rules, err
}

func rulesInForce(ctx context.Context, db analysis.Engine) ([]Rule, error) {
	rules, err := session.LoadRules()
	if err != nil {
		return nil, err
	}
	var own []Rule
	if err := readGiven(ctx, db, "rules", &own); err != nil {
		return nil, err
	}
	return session.Overlay(rules, own), nil
}

// given is what the journal keeps of such a step: all of it, so that it can be taken again without the file.
type given struct {
	Networks []Network `json:"networks,omitempty"`
	Rules    []Rule    `json:"rules,omitempty"`
}

// set keeps value under a name, writes the step into the journal and derives the sessions again.
func (c *Case) set(ctx context.Context, name string, step given, value any, p analysis.Progress) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return c.file.Write(ctx, func(tx *sql.Tx) error {
		if err := casefile.SetSetting(ctx, tx, name, string(text)); err != nil {
			return err
		}
		if err := c.deriveSessions(ctx, tx, p); err != nil {
			return err
		}
		_, err := casefile.Append(ctx, tx, c.actor, name, step)
		return err
	})
}

func readGiven(ctx context.Context, db analysis.Engine, name string, into any) error {
	text, err := casefile.Setting(ctx, db, name)
	if err != nil || text == "" {
		return err
	}
	if err := json.Unmarshal([]byte(text), into); err != nil {
		return fmt.Errorf("reading the setting %s: %w", name, err)
	}
	return nil
}

// ranges of the networks.
func ranges(networks []Network) (list []netip.Prefix) {
	for _, n := range networks {
		list = append(list, n.Range)
	}
	return list
}
