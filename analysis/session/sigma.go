package session

import "fmt"

func isSigma(data []byte) bool { return false }

func readSigma(data []byte) (Rule, error) { return Rule{}, fmt.Errorf("not yet") }
