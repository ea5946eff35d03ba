package app_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/breachscope/breachscope/app"
)

// The pages of a list are the list, in whatever order: from either end nothing comes twice or is left out.
func TestPagesOfSessionsMakeUpTheList(t *testing.T) {
	c := added(t, sample(t))
	for _, sort := range []string{"", "account", "ended", "score"} {
		for _, down := range []bool{false, true} {
			whole, total, err := c.Sessions(t.Context(), app.Listing{Sort: sort, Down: down})
			if err != nil || int64(len(whole)) != total || total < 5 {
				t.Fatal(sort, len(whole), total, err)
			}
			var paged []app.Session
			for from := int64(0); from < total+101; from += 101 {
				page, n, err := c.Sessions(t.Context(), app.Listing{Sort: sort, Down: down, Offset: from, Limit: 101})
				if err != nil || n != total {
					t.Fatal(sort, n, total, err)
				}
				paged = append(paged, page...)
			}
			if !slices.Equal(paged, whole) {
				t.Errorf("sorted by %q, down %v: the pages are not the list", sort, down)
			}
		}
	}
}

func TestSessionsOfAKindAreListed(t *testing.T) {
	c := added(t, sample(t))
	timeLineFollowsTheList(t, c)
	for only, fits := range map[string]func(app.Session) bool{
		"failed": func(s app.Session) bool { return s.Kind == "failed" }, "gap": func(s app.Session) bool { return s.Gap },
		"hijack": func(s app.Session) bool { return s.Hijack }, "unreviewed": func(s app.Session) bool { return s.Verdict == "unreviewed" },
	} {
		all, _, err := c.Sessions(t.Context(), app.Listing{})
		if err != nil {
			t.Fatal(err)
		}
		want := slices.DeleteFunc(slices.Clone(all), func(s app.Session) bool { return !fits(s) })
		got, total, err := c.Sessions(t.Context(), app.Listing{Only: only})
		if err != nil || !slices.Equal(got, want) || total != int64(len(want)) {
			t.Errorf("%s: %d of %d sessions, %d fit, %v", only, len(got), total, len(want), err)
		}
	}
}

// The time line shows the segments of the very sessions that the list names, also where the search is for a client in words.
func timeLineFollowsTheList(t *testing.T, c *app.Case) {
	t.Helper()
	all, err := c.Spans(t.Context(), time.Time{}, time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC), app.Listing{Limit: 100_000})
	if err != nil || len(all) == 0 {
		t.Fatal(len(all), err)
	}
	client := all[0].Client[strings.LastIndex(all[0].Client, " · ")+len(" · "):]
	for _, l := range []app.Listing{{}, {Search: client}, {Search: "nobody at all"}, {Only: "unreviewed", Search: strings.ToUpper(all[0].Account)}} {
		l.Limit = 100_000
		list, _, err := c.Sessions(t.Context(), l)
		if err != nil {
			t.Fatal(err)
		}
		listed, drawn := map[int32]bool{}, map[int32]bool{}
		for _, s := range list {
			listed[s.ID] = true
		}
		spans, err := c.Spans(t.Context(), time.Time{}, time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC), l)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range spans {
			drawn[s.Session] = true
		}
		if !maps.Equal(listed, drawn) || len(listed) == 0 && l.Search != "nobody at all" {
			t.Errorf("%+v: %d sessions listed, %d drawn", l, len(listed), len(drawn))
		}
	}
}
