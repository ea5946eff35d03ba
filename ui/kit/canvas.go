package kit

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Canvas draws rectangles into an image. Positions are in the window's units and snap to device pixels, because a line
// between two pixels would come out twice as wide and half as dark.
type Canvas struct {
	Image *image.NRGBA
	Scale float32 // device pixels per unit
}

// Paint is an object that fn draws, at least so large; it is drawn again on every refresh and resize.
func Paint(size fyne.Size, fn func(c Canvas, w, h float32)) *canvas.Raster {
	r := canvas.NewRaster(nil)
	r.Generator = func(w, h int) image.Image {
		img := image.NewNRGBA(image.Rect(0, 0, w, h))
		scale := float32(w) / max(1, r.Size().Width)
		fn(Canvas{img, scale}, float32(w)/scale, float32(h)/scale)
		return img
	}
	r.SetMinSize(size)
	return r
}

func (c Canvas) pixel(v float32) int { return int(math.Round(float64(v * c.Scale))) }

// box is a rectangle in device pixels, at least one pixel wide and high, inside the image at its far edges.
func (c Canvas) box(x, y, w, h float32) image.Rectangle {
	b := c.Image.Bounds()
	x0, y0 := min(c.pixel(x), b.Max.X-1), min(c.pixel(y), b.Max.Y-1)
	return image.Rect(x0, y0, max(c.pixel(x+w), x0+1), max(c.pixel(y+h), y0+1))
}

// Fill draws a rectangle; width or height 0 is a hairline.
func (c Canvas) Fill(x, y, w, h float32, ink color.Color) {
	draw.Draw(c.Image, c.box(x, y, w, h), image.NewUniform(ink), image.Point{}, draw.Over)
}

// Bar draws a rectangle with softened corners.
func (c Canvas) Bar(x, y, w, h float32, ink color.Color) {
	r := c.box(x, y, w, h)
	if r.Dx() < 4 || r.Dy() < 4 {
		draw.Draw(c.Image, r, image.NewUniform(ink), image.Point{}, draw.Over)
		return
	}
	fill := func(x0, y0, x1, y1 int) {
		draw.Draw(c.Image, image.Rect(x0, y0, x1, y1), image.NewUniform(ink), image.Point{}, draw.Over)
	}
	fill(r.Min.X+1, r.Min.Y, r.Max.X-1, r.Max.Y)
	fill(r.Min.X, r.Min.Y+1, r.Min.X+1, r.Max.Y-1)
	fill(r.Max.X-1, r.Min.Y+1, r.Max.X, r.Max.Y-1)
}
