package loss

import (
	"fmt"
	"strings"
)

// A Shape says what one item of a loss is made of: how many numbers are predicted together
// and compared with one target. A batch of Rows × Cols numbers holds its items one after
// the other, Cols/Width of them in each row.
type Shape struct {
	Name    string
	Numbers int         // predicted numbers of an item; 0: as many as the batch has columns
	Classes bool        // one number for each class: parameters of classes have as many, and a target can be a class index
	Parts   string      // what each of several numbers is called in a definition; those of the target have the same names in capitals
	Target  *TargetKind // what a target is made of, where a definition does not say it
	Domain  Domain      // the same of what prediction and target may be; empty: that hangs on their names
}

var (
	// Point is one number.
	Point = Shape{Name: "point", Numbers: 1, Target: Number}
	// Row is K numbers, one for each class.
	Row = Shape{Name: "row", Classes: true, Target: Distribution}
	// Box is four coordinates x1, y1, x2, y2.
	Box = Shape{Name: "box", Numbers: 4, Parts: "x1 y1 x2 y2", Target: Corners, Domain: OrderedBox}
	// Keypoint is a place x, y of an image.
	Keypoint = Shape{Name: "keypoint", Numbers: 2, Parts: "x y", Target: Place, Domain: Finite}
	// Set is N numbers, one for each element: the pixels of a mask.
	Set = Shape{Name: "set", Target: Numbers}
)

// Shapes lists them all.
func Shapes() []Shape { return []Shape{Point, Row, Box, Keypoint, Set} }

// Width is how many predicted numbers an item has in a batch of so many columns.
func (s Shape) Width(cols int) int {
	if s.Numbers > 0 {
		return s.Numbers
	}
	return cols
}

// Many reports whether an item can have more than one number, and as many as one likes.
func (s Shape) Many() bool { return s.Numbers == 0 }

// Several reports whether an item has a number of numbers of its own, each of which is something else.
func (s Shape) Several() bool { return s.Numbers > 1 }

// Names are those of the numbers of an item of several, and of its target.
func (s Shape) Names() (pred, target []string) {
	return strings.Fields(s.Parts), strings.Fields(strings.ToUpper(s.Parts))
}

func (s Shape) String() string { return s.Name }

// MarshalText makes the name stand in JSON.
func (s Shape) MarshalText() ([]byte, error) { return []byte(s.Name), nil }

// columns says which numbers of columns a batch can have.
func (s Shape) columns() string {
	if s.Numbers > 1 {
		return fmt.Sprintf("a multiple of %d columns", s.Numbers)
	}
	return "columns ≥ 1"
}
