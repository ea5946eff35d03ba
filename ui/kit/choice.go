package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// The toolkit's own controls swallow Esc; these leave it to the window, like Entry.

// Choice is one of several, from a list that opens.
type Choice struct{ widget.Select }

// NewChoice offers the labels.
func NewChoice(labels []string) *Choice {
	c := &Choice{}
	c.Options = labels
	c.ExtendBaseWidget(c)
	return c
}

func (c *Choice) TypedKey(key *fyne.KeyEvent) {
	if !Escaped(c, key) {
		c.Select.TypedKey(key)
	}
}

// Chooser is a Choice with the edge of what can be filled in.
func Chooser(c *Choice) fyne.CanvasObject {
	edge := Framed(Surface, theme.ColorNameInputBorder, 6)
	return container.NewStack(edge, Pad(c, 1, 1, 1, 1))
}

// Suggested is a field to type in that also offers texts.
type Suggested struct{ widget.SelectEntry }

// NewSuggested offers the texts.
func NewSuggested(texts []string) *Suggested {
	s := &Suggested{}
	s.Wrapping = fyne.TextWrap(fyne.TextTruncateClip)
	s.ExtendBaseWidget(s)
	s.SetOptions(texts)
	return s
}

func (s *Suggested) TypedKey(key *fyne.KeyEvent) {
	if !Escaped(s, key) {
		s.SelectEntry.TypedKey(key)
	}
}

// Check can be ticked.
type Check struct{ widget.Check }

// NewCheck tells changed whether it is ticked.
func NewCheck(label string, changed func(bool)) *Check {
	c := &Check{}
	c.Text, c.OnChanged = label, changed
	c.ExtendBaseWidget(c)
	return c
}

func (c *Check) TypedKey(key *fyne.KeyEvent) { Escaped(c, key) }

// OneOf are ways of which exactly one is meant, the first to begin with.
type OneOf struct {
	View   fyne.CanvasObject
	Chosen int
	marks  []*canvas.Image
}

// NewOneOf offers the labels one below the other.
func NewOneOf(labels []string) *OneOf {
	o := &OneOf{}
	lines := Stack(2)
	for i, label := range labels {
		mark := canvas.NewImageFromResource(nil)
		o.marks = append(o.marks, mark)
		ground := Rect(Surface, 4)
		line := Line(8, Least(16, 16, mark), Body(label))
		lines.Add(container.NewBorder(nil, nil, NewArea(container.NewStack(ground, Pad(line, 4, 4, 4, 8)), func(s State) {
			ground.FillColor = Color(theme.ColorNameOverlayBackground)
			if s.Hovered || s.Focused {
				ground.FillColor = Color(AccentBG)
			}
			ground.Refresh()
		}, func() { o.Choose(i) }), nil))
	}
	o.View = lines
	o.Choose(0)
	return o
}

// Choose means the i-th.
func (o *OneOf) Choose(i int) {
	o.Chosen = i
	for j, mark := range o.marks {
		if mark.Resource = theme.NewThemedResource(theme.RadioButtonIcon()); j == i {
			mark.Resource = theme.NewPrimaryThemedResource(theme.RadioButtonCheckedIcon())
		}
		mark.Refresh()
	}
}
