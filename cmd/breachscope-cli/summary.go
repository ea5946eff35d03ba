package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/app"
)

// printSummary tells the figures of a case in a few lines a person reads.
func printSummary(w io.Writer, s app.Summary) {
	fmt.Fprintf(w, "%s\n", s.Info.Name)
	again := ""
	if s.Again > 0 {
		again = fmt.Sprintf("; %d handed in again, not counted", s.Again)
	}
	fmt.Fprintf(w, "  evidence   %s (%d not recognised): %d rows read = %d loaded + %d duplicate + %d rejected%s\n",
		counted(s.Files, "file"), s.Unknown, s.Read, s.Loaded, s.Duplicate, s.Rejected, again)
	if s.From != nil {
		fmt.Fprintf(w, "  logs       %d events from %s to %s UTC%s\n", s.Events, minute(*s.From), minute(*s.To), timeless(s.Timeless))
	}
	printSources(w, s)
	for _, g := range s.Gaps {
		fmt.Fprintf(w, "  gap        %s %s to %s UTC%s\n", g.Kind, minute(g.From), minute(g.To), covered(g.CoveredBy))
	}
	all := int64(0)
	for _, n := range s.Sessions {
		all += n
	}
	refused := ""
	if s.Refused > 0 {
		refused = fmt.Sprintf(" (%d of these only failed logins)", s.Refused)
	}
	fmt.Fprintf(w, "  sessions   %d, of them %d attacker%s, %d legitimate, %d undetermined\n", all, s.Sessions[string(analysis.Attacker)], refused,
		s.Sessions[string(analysis.Legitimate)], s.Sessions[string(analysis.Undetermined)])
	for _, f := range s.Faded {
		fmt.Fprintf(w, "  mark       journal entry %d (%s: %s) meant %d sessions and fits %d now: look at it again\n", f.Entry, f.Verdict, f.Reason, f.Was, f.Now)
	}
	for _, i := range s.Idle {
		fmt.Fprintf(w, "  correction journal entry %d (%s: %s) has no effect: %s\n", i.Entry, i.Kind, i.Reason, i.Why)
	}
	if !s.Scoped {
		fmt.Fprintln(w, "  affected   not scoped for the present evidence and verdicts; run breachscope-cli scope")
		return
	}
	printQueries(w, s.Queries)
	for _, list := range []analysis.List{analysis.Confirmed, analysis.Possible} {
		fmt.Fprintf(w, "  %-10s %d records of %d persons%s\n", list, app.Total(s.Records, string(list), ""),
			app.Total(s.People, string(list), "person"), others(s.People, string(list)))
		fmt.Fprintf(w, "             persons by country: %s\n", countries(s.People, string(list)))
	}
}

// printSources tells organisations apart where there are several, and how far back the logs can reach at all.
func printSources(w io.Writer, s app.Summary) {
	events, limits := map[string]int64{}, map[string][]string{}
	for _, source := range s.Sources {
		events[source.Organisation] += source.Events
		if source.HoldsFrom == nil {
			continue
		}
		limit := fmt.Sprintf("kept %d days: nothing before %s UTC can be in it", source.Keeps, minute(*source.HoldsFrom))
		if s.Attacker != nil && s.Attacker.Before(source.HoldsFrom.AddDate(0, 0, 2)) {
			limit += "; the attacker's first session lies at or before that end, what was done earlier is not known"
		}
		limits[limit] = append(limits[limit], source.Kind)
	}
	for _, organisation := range slices.Sorted(maps.Keys(events)) {
		if len(events) > 1 {
			fmt.Fprintf(w, "  organisation %s: %d events\n", cmp.Or(organisation, "not known"), events[organisation])
		}
	}
	for _, limit := range slices.Sorted(maps.Keys(limits)) {
		fmt.Fprintf(w, "  source     %s %s\n", strings.Join(slices.Compact(limits[limit]), ", "), limit)
	}
}

func timeless(n int64) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("; %d rows without a readable time", n)
}

func covered(by string) string {
	if by == "" {
		return ", covered by no other source"
	}
	return ", partly shown by " + strings.ReplaceAll(by, ";", ", ")
}

func printQueries(w io.Writer, outcomes map[string]int64) {
	parts, all := []string{}, int64(0)
	for _, name := range slices.Sorted(maps.Keys(outcomes)) {
		parts = append(parts, fmt.Sprintf("%d %s", outcomes[name], name))
		all += outcomes[name]
	}
	fmt.Fprintf(w, "  queries    %d: %s\n", all, strings.Join(parts, ", "))
}

func others(counts []app.Count, list string) string {
	text := ""
	for _, kind := range []string{"company", "employee", "test"} {
		if n := app.Total(counts, list, kind); n > 0 {
			text += fmt.Sprintf(", %d %s", n, kind)
		}
	}
	return text
}

func countries(counts []app.Count, list string) string {
	parts := []string{}
	for _, c := range counts {
		if c.List != list || c.Kind != "person" {
			continue
		}
		country := c.Residence
		if country == "" {
			country = "unknown"
		}
		parts = append(parts, fmt.Sprintf("%s %d", country, c.N))
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}
