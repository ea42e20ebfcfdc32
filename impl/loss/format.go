package loss

import "github.com/lossproof/lossproof/internal/ieee"

// A Format is the binary format of the numbers of a call: Float64, Float32, BFloat16 or Float16.
type Format = ieee.Format

// The formats.
var (
	Float64  = ieee.Float64
	Float32  = ieee.Float32
	BFloat16 = ieee.BFloat16
	Float16  = ieee.Float16
)

// Formats lists the formats, the widest first.
func Formats() []Format { return ieee.Formats() }

// FormatNamed returns the format with the given short name, as f32, or title, as float32.
func FormatNamed(name string) (Format, error) { return ieee.FormatNamed(name) }
