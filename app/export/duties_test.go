package export_test

import (
	"strings"
	"testing"
	"time"

	"github.com/breachscope/breachscope/analysis/duty"
)

// The sheet shows the Korean clock with its span, and what the notice still lacks.
func TestDutiesSheet(t *testing.T) {
	seoul, err := time.LoadLocation("Asia/Seoul")
	if err != nil {
		t.Skip("no time zones on this machine")
	}
	aware, err := duty.ParseMoment("2026-10-01", seoul)
	if err != nil {
		t.Fatal(err)
	}
	o := options
	o.At = time.Date(2026, 10, 2, 0, 0, 0, 0, time.UTC) // what is not done is judged by the time of the export
	o.Facts = duty.Facts{Dates: map[duty.Clock]duty.Moment{duty.Aware: aware}, Answers: map[string]duty.Answer{"illegal_access": duty.Yes}}
	dir, _ := write(t, incident(t), o)
	f := open(t, dir, "breachscope-report.xlsx")
	var all strings.Builder
	for _, row := range rowsOf(t, f, "Duties") {
		all.WriteString(strings.Join(row, "|") + "\n")
	}
	for _, want := range []string{"No legal advice", "The law is that of 1 October 2026, the day on which", "Korea", "aware: 2026-10-01|2026-10-04", "running", "〔to be filled in〕"} {
		if !strings.Contains(all.String(), want) {
			t.Errorf("the sheet does not say %q:\n%s", want, all.String())
		}
	}
	var summary strings.Builder
	for _, row := range rowsOf(t, f, "Summary") {
		summary.WriteString(strings.Join(row, "|") + "\n")
	}
	if !strings.Contains(summary.String(), "What is due. ") {
		t.Error("the Summary does not say what is due")
	}
}

// Without a date the sheet says so, and which day's law it shows instead.
func TestDutiesWithoutADate(t *testing.T) {
	dir, _ := write(t, incident(t), options)
	all := textOf(t, open(t, dir, "breachscope-report.xlsx"), "Duties")
	for _, want := range []string{"No date is set on which the organisation became aware", "The law is that of 21 October 2025, the last day of the logs"} {
		if !strings.Contains(all, want) {
			t.Errorf("the sheet does not say %q:\n%s", want, all)
		}
	}
}
