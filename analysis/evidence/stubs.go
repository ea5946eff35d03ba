package evidence

import "context"

func (a *addition) definitionXML(ctx context.Context, f *File, s *staged) error {
	f.unrecognised("it is no table, log or definition that is known")
	return nil
}
func (a *addition) tabulateSheet(ctx context.Context, f *File, s *staged) (*table, error) {
	f.unrecognised("sheet")
	return nil, nil
}
func (a *addition) tabulateParquet(ctx context.Context, s *staged) (*table, error) { return nil, nil }
func (a *addition) open(f item, s *staged) ([]item, func(), error)                 { return nil, func() {}, nil }
func (a *addition) mapByHand(ctx context.Context) error                            { return nil }
