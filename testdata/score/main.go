// Command score runs the main job on an incident whose truth is known, marks the attacker sessions that the truth
// names, and hands the export to the incident's own scorer.
//
//	go run ./testdata/score [-suggest] INCIDENT [scorer arguments…]
//
// INCIDENT is a folder with evidence/, brief.json, truth.json and score.py. With -suggest nothing is taken from the
// truth: only the addresses of the brief are marked, and strong suggestions accepted.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/evidence"
	"github.com/breachscope/breachscope/analysis/session"
	"github.com/breachscope/breachscope/app"
)

type incident struct {
	Timezone   string                               `json:"org_timezone"`
	SnapshotAt time.Time                            `json:"customer_snapshot_taken_at"`
	Indicators []struct{ Type, Value, Note string } `json:"indicators"`
}

type truth struct {
	Sessions []struct {
		Account  string   `json:"account_id"`
		LoginKey string   `json:"login_key"`
		Keys     []string `json:"session_keys"`
		IPs      []string `json:"ips"`
		Note     string   `json:"note"`
	} `json:"attacker_sessions"`
}

func main() {
	log.SetFlags(0)
	suggest := flag.Bool("suggest", false, "mark only the addresses of the brief and accept strong suggestions")
	untouched := flag.Bool("untouched", false, "mark nothing at all")
	keep := flag.String("keep", "", "folder to keep case and export in")
	scorer := flag.String("scorer", "", "path of score.py (default: in the incident's folder)")
	flag.Parse()
	if flag.NArg() < 1 {
		log.Fatal("usage: score [-suggest] INCIDENT [scorer arguments]")
	}
	if *scorer == "" {
		*scorer = filepath.Join(flag.Arg(0), "score.py")
	}
	dir := *keep
	if dir == "" {
		made, err := os.MkdirTemp("", "score-")
		if err != nil {
			log.Fatal(err)
		}
		defer os.RemoveAll(made)
		dir = made
	}
	if err := run(context.Background(), flag.Arg(0), dir, *suggest, *untouched); err != nil {
		log.Fatal(err)
	}
	args := append([]string{*scorer, filepath.Join(dir, "export"), filepath.Join(flag.Arg(0), "truth.json")}, flag.Args()[1:]...)
	score := exec.Command("python3", args...)
	score.Stdout, score.Stderr = os.Stdout, os.Stderr
	if err := score.Run(); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, folder, dir string, suggest, untouched bool) (err error) {
	var told incident
	if err := read(filepath.Join(folder, "brief.json"), &told); err != nil {
		return err
	}
	c, err := app.New(ctx, filepath.Join(dir, "score.breachscope"), app.Options{Timezone: told.Timezone})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	took("add", func() error {
		_, err = c.Add(ctx, []string{filepath.Join(folder, "evidence")}, evidence.Options{SnapshotAt: told.SnapshotAt}, steps())
		return err
	})
	if err != nil {
		return err
	}
	switch {
	case untouched:
	case suggest:
		err = markBrief(ctx, c, told)
	default:
		err = markTruth(ctx, c, filepath.Join(folder, "truth.json"))
	}
	if err != nil {
		return err
	}
	took("scope", func() error {
		_, err = c.Scope(ctx, steps())
		return err
	})
	if err != nil {
		return err
	}
	took("export", func() error {
		_, err = c.Export(ctx, filepath.Join(dir, "export"), app.ExportOptions{Reason: "scoring"}, nil)
		return err
	})
	return err
}

// steps prints how long each step of a longer piece of work takes.
func steps() analysis.Progress {
	name, start := "", time.Now()
	return func(s analysis.Step) {
		if s.Name == name {
			return
		}
		if name != "" {
			fmt.Printf("  %-30s %.2f s\n", name, time.Since(start).Seconds())
		}
		name, start = s.Name, time.Now()
	}
}

func took(what string, do func() error) {
	start := time.Now()
	do()
	fmt.Printf("%s took %.1f s\n", what, time.Since(start).Seconds())
}

func markTruth(ctx context.Context, c *app.Case, path string) error {
	var t truth
	if err := read(path, &t); err != nil {
		return err
	}
	for _, s := range t.Sessions {
		for _, address := range s.IPs {
			i := session.Indicator{Account: s.Account, SessionKey: s.LoginKey, Address: address}
			_, err := c.Mark(ctx, app.Mark{Verdict: analysis.Attacker, Indicator: i, Reason: "named by the truth: " + s.Note})
			if err != nil {
				log.Printf("%s from %s: %v", s.LoginKey, address, err)
			}
		}
	}
	return nil
}

func markBrief(ctx context.Context, c *app.Case, told incident) error {
	for _, i := range told.Indicators {
		if i.Type != "ip" {
			continue
		}
		mark := app.Mark{Verdict: analysis.Attacker, Indicator: session.Indicator{Address: i.Value}, Reason: i.Note}
		if _, err := c.Mark(ctx, mark); err != nil {
			return err
		}
	}
	_, err := c.AcceptStrong(ctx)
	return err
}

func read(path string, target any) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, target)
}
