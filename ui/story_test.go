package ui

import (
	"testing"
	"time"

	"github.com/breachscope/breachscope/analysis/duty"
	"github.com/breachscope/breachscope/app"
)

func TestTheStoryIsToldWithItsLogLines(t *testing.T) {
	w := investigated(t)
	aware := time.Date(2026, 1, 4, 17, 14, 0, 0, time.UTC)
	if err := w.c.SetFacts(t.Context(), duty.Facts{Dates: map[duty.Clock]duty.Moment{duty.Aware: {From: aware, To: aware}}}); err != nil {
		t.Fatal(err)
	}
	w.Show("story")
	shows(t, w, "Dwell time", "01-04 02:14", "login", "reads", "24h 00m", "Login_20260103.csv, line 4")
	w.part = "rules"
	w.Show("story")
	shows(t, w, "What would have been reported")
	w.part = "whatif"
	w.Show("story")
	shows(t, w, "What would have been stopped?")
	place := hint("")
	w.answerWhatIf("10.0.0.0/8, 211.40.1.9", "5", place)
	settled(w)
	s, err := w.c.Story(t.Context(), app.StoryOptions{RowsLimit: 5})
	if err != nil || !s.Limit.Asked || s.Limit.Sessions != 1 {
		t.Fatal(s.Limit, err)
	}
	w.answerWhatIf("the office", "", place)
	shows(t, w, "is no address and no range")
}

func TestWithoutAVerdictThereIsNoStory(t *testing.T) {
	w := openedWindow(t)
	w.Show("story")
	shows(t, w, "Nothing to tell yet")
	if got := span(-90 * time.Minute); got != "−1h 30m" {
		t.Fatal(got)
	}
}

func TestAboutNamesWhoseWorkTheProgramHolds(t *testing.T) {
	w := openedWindow(t)
	w.about()
	shows(t, w, "Number Resource Organization", "DB-IP", "Noto Sans CJK", duty.Version(), "Libraries")
}
