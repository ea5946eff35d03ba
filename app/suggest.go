package app

import "context"

// AcceptStrong marks the sessions that are strongly linked to those marked so far, one journal step each.
func (c *Case) AcceptStrong(ctx context.Context) (int, error) { return 0, nil }
