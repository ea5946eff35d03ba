package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// Gap is the distance between two cards.
const Gap = 10

// Row lays objects out side by side with the card gap; weights share the width.
func Row(weights []float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(row{Gap, weights}, objects...)
}

// Split stacks objects with the card gap; weights share the height beyond what each needs.
func Split(weights []float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(split{Gap, weights}, objects...)
}

// Column stacks objects with a gap; the last one takes what is left.
func Column(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(column{gap, true}, objects...)
}

// Stack stacks objects with a gap, each as high as it needs.
func Stack(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(column{gap, false}, objects...)
}

// Line lays objects out side by side, each as wide as it needs, centred on one middle line.
func Line(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(line{gap}, objects...)
}

// Least gives an object at least this size.
func Least(w, h float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(least{fyne.NewSize(w, h)}, o)
}

// Fixed gives an object exactly this width.
func Fixed(w float32, o fyne.CanvasObject) *fyne.Container { return container.New(fixed{w}, o) }

// Elastic gives an object between the least and the most width, as much as Head has left for it.
func Elastic(least, most float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(elastic{least, most}, o)
}

// Head puts a title left and actions right of it; elastic actions take what the title leaves.
func Head(gap float32, title fyne.CanvasObject, actions ...fyne.CanvasObject) *fyne.Container {
	return container.New(head{gap}, append([]fyne.CanvasObject{title}, actions...)...)
}

// Slide is a line that may be wider than its place; the wheel moves it.
func Slide(gap float32, objects ...fyne.CanvasObject) fyne.CanvasObject {
	return container.NewHScroll(Line(gap, objects...))
}

// Beside puts a column of fixed width left of the rest, without a gap.
func Beside(width float32, left, rest fyne.CanvasObject) *fyne.Container {
	return container.New(beside{width}, left, rest)
}

type row struct {
	gap     float32
	weights []float32
}

func (l row) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	var sum, x float32
	for i := range objects {
		sum += l.weights[i]
	}
	free := size.Width - l.gap*float32(len(objects)-1)
	for i, o := range objects {
		w := free * l.weights[i] / sum
		o.Move(fyne.NewPos(x, 0))
		o.Resize(fyne.NewSize(w, size.Height))
		x += w + l.gap
	}
}

func (l row) MinSize(objects []fyne.CanvasObject) fyne.Size {
	m := fyne.NewSize(l.gap*float32(max(0, len(objects)-1)), 0)
	for _, o := range objects {
		s := o.MinSize()
		m = fyne.NewSize(m.Width+s.Width, max(m.Height, s.Height))
	}
	return m
}

type split struct {
	gap     float32
	weights []float32
}

func (l split) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	free, sum, y := size.Height-l.MinSize(objects).Height, float32(0), float32(0)
	for i := range objects {
		sum += l.weights[i]
	}
	for i, o := range objects {
		h := o.MinSize().Height + max(0, free)*l.weights[i]/max(1e-6, sum)
		o.Move(fyne.NewPos(0, y))
		o.Resize(fyne.NewSize(size.Width, h))
		y += h + l.gap
	}
}

func (l split) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return column{gap: l.gap}.MinSize(objects)
}

type column struct {
	gap  float32
	fill bool
}

func (l column) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	var y float32
	for i, o := range objects {
		o.Resize(fyne.NewSize(size.Width, o.Size().Height)) // wrapped text knows its height only at its width
		h := o.MinSize().Height
		if l.fill && i == len(objects)-1 {
			h = max(h, size.Height-y)
		}
		o.Move(fyne.NewPos(0, y))
		o.Resize(fyne.NewSize(size.Width, h))
		y += h + l.gap
	}
}

func (l column) MinSize(objects []fyne.CanvasObject) fyne.Size {
	m := fyne.NewSize(0, l.gap*float32(max(0, len(objects)-1)))
	for _, o := range objects {
		s := o.MinSize()
		m = fyne.NewSize(max(m.Width, s.Width), m.Height+s.Height)
	}
	return m
}

type line struct{ gap float32 }

func (l line) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	var x float32
	for _, o := range objects {
		s := o.MinSize()
		o.Move(fyne.NewPos(x, (size.Height-s.Height)/2))
		o.Resize(s)
		x += s.Width + l.gap
	}
}

func (l line) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return row{gap: l.gap}.MinSize(objects)
}

type least struct{ size fyne.Size }

func (l least) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Resize(size)
	}
}

func (l least) MinSize(objects []fyne.CanvasObject) fyne.Size {
	m := l.size
	for _, o := range objects {
		m = m.Max(o.MinSize())
	}
	return m
}

type fixed struct{ width float32 }

func (l fixed) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Resize(size)
	}
}

func (l fixed) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(l.width, objects[0].MinSize().Height)
}

type beside struct{ width float32 }

func (l beside) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Resize(fyne.NewSize(l.width, size.Height))
	objects[1].Move(fyne.NewPos(l.width, 0))
	objects[1].Resize(fyne.NewSize(size.Width-l.width, size.Height))
}

func (l beside) MinSize(objects []fyne.CanvasObject) fyne.Size {
	a, b := objects[0].MinSize(), objects[1].MinSize()
	return fyne.NewSize(l.width+b.Width, max(a.Height, b.Height))
}

type elastic struct{ least, most float32 }

func (l elastic) Layout(objects []fyne.CanvasObject, size fyne.Size) { objects[0].Resize(size) }

func (l elastic) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(l.least, objects[0].MinSize().Height)
}

// titleRoom is what a head keeps for its title when elastic actions could take it all.
const titleRoom = 230

type head struct{ gap float32 }

func (l head) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	spare := size.Width - titleRoom
	for _, o := range objects[1:] {
		spare -= o.MinSize().Width + l.gap
	}
	x := size.Width
	for i := len(objects) - 1; i > 0; i-- {
		s := objects[i].MinSize()
		if c, ok := objects[i].(*fyne.Container); ok {
			if e, ok := c.Layout.(elastic); ok {
				s.Width = min(e.most, max(e.least, s.Width+spare))
			}
		}
		x -= s.Width
		objects[i].Move(fyne.NewPos(x, (size.Height-s.Height)/2))
		objects[i].Resize(s)
		x -= l.gap
	}
	objects[0].Resize(fyne.NewSize(max(0, x), size.Height))
}

func (l head) MinSize(objects []fyne.CanvasObject) fyne.Size { return row{gap: l.gap}.MinSize(objects) }
