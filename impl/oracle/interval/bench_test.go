package interval

import (
	"fmt"
	"testing"
)

// The arguments have full mantissas, because a short one would make a product cheaper than it is in use, and are thin
// intervals as well as points, since those are what an expression feeds to its next operation.
func BenchmarkOp(b *testing.B) {
	unary := map[string]func(Context, Interval) Interval{
		"exp": Context.Exp, "log": Context.Log, "expm1": Context.Expm1, "log1p": Context.Log1p,
		"sqrt": Context.Sqrt, "atan": Context.Atan,
	}
	binary := map[string]func(Context, Interval, Interval) Interval{
		"add": Context.Add, "sub": Context.Sub, "mul": Context.Mul, "quo": Context.Quo,
	}
	for _, prec := range []uint{40, 128, 256} {
		c := Context{prec}
		for _, operand := range []string{"point", "thin"} {
			x := c.Quo(FromInt(22), FromInt(7))
			y := c.Quo(FromInt(19), FromInt(7))
			if operand == "point" {
				x, y = point(x.lo), point(y.lo)
			}
			for _, op := range []string{"exp", "log", "expm1", "log1p", "sqrt", "atan"} {
				b.Run(fmt.Sprintf("op=%s/operand=%s/prec=%d", op, operand, prec), func(b *testing.B) {
					b.ReportAllocs()
					for b.Loop() {
						unary[op](c, x)
					}
				})
			}
			for _, op := range []string{"add", "sub", "mul", "quo"} {
				b.Run(fmt.Sprintf("op=%s/operand=%s/prec=%d", op, operand, prec), func(b *testing.B) {
					b.ReportAllocs()
					for b.Loop() {
						binary[op](c, x, y)
					}
				})
			}
		}
	}
}
