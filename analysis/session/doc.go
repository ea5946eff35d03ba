// Package session puts events together to sessions: what one client did under one login.
//
// The ladder a row climbs down until it is attributed: login key; session key, and the login key learned for it from
// any row that carries both; request id, bulk job and report run shared with a row that has a key; the login a second
// log tells of; account, address and time. Each rung is named in analysis.attribution.how, and a row that fits several
// sessions gets one line per session, none of them certain. Two clients under one key become two sessions (see split).
package session
