package ui

import (
	"strconv"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/evidence"
	"github.com/breachscope/breachscope/ui/kit"
)

// One colour for one judgement, everywhere.
var tones = map[string]kit.Tone{
	string(analysis.Attacker): kit.Red, string(analysis.Legitimate): kit.Green, string(analysis.Undetermined): kit.Amber, string(analysis.Unreviewed): kit.Blue,
	string(analysis.Confirmed): kit.Red, string(analysis.Possible): kit.Amber, string(analysis.Cleared): kit.Green,
	string(analysis.Recorded): kit.Red, string(analysis.Replayed): kit.Red, string(analysis.Bounded): kit.Amber, string(analysis.Reachable): kit.Amber,
	string(analysis.Acquired): kit.Red, string(analysis.Viewed): kit.Amber,
	string(analysis.Matches): kit.Green, string(analysis.Superset): kit.Amber, string(analysis.Subset): kit.Amber, string(analysis.UndefinedSubset): kit.Amber,
	string(analysis.NoCount): kit.Amber, string(analysis.CountOnly): kit.Neutral, string(analysis.NotUnderstood): kit.Red,
	evidence.Loaded: kit.Green, evidence.Unrecognised: kit.Red, evidence.Defined: kit.Blue, evidence.Same: kit.Neutral,
}

func tone(value string) kit.Tone { return tones[value] }

// outcomeTone differs from tone in one word: an outcome "recorded" is the best there is, a grade "recorded" the worst.
func outcomeTone(value string) kit.Tone {
	if value == string(analysis.RecordedRows) {
		return kit.Green
	}
	return tone(value)
}

// verdictTone leaves what nobody has judged yet without a colour, in a pill.
func verdictTone(value string) kit.Tone {
	if value == string(analysis.Unreviewed) {
		return kit.Neutral
	}
	return tone(value)
}

// scoreTone warns from 40 and alarms from 70 of 100.
func scoreTone(value string) kit.Tone {
	score, _ := strconv.ParseFloat(value, 64)
	switch {
	case score >= 70:
		return kit.Red
	case score >= 40:
		return kit.Amber
	}
	return kit.Blue
}
