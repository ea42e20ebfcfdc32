//go:build unix

package kernel

import (
	"testing"
)

// The passes over rows touch nothing outside of their slices, at numbers of classes around
// those of tiles, blocks and registers, with arrays that end or begin at a guard.
func TestRows_TouchNothingOutsideOfTheirSlices(t *testing.T) {
	for _, tier := range Tiers() {
		t.Run(tier.String(), func(t *testing.T) {
			t.Run("float32", func(t *testing.T) { testRowGuards[float32](t, tier) })
			t.Run("float64", func(t *testing.T) { testRowGuards[float64](t, tier) })
		})
	}
}

func testRowGuards[T Float](t *testing.T, tier Tier) {
	const most = 9 * 300
	var arrays [4]guarded[T] // scores, distributions or upstream, values, gradients
	for i := range arrays {
		arrays[i] = newGuarded[T](t, most+64)
	}
	classes := []int{31, 32, 33, 47, 48, 63, 64, 65, 80, 127, 129, 255, 256, 257, 300}
	for k := 1; k <= 20; k++ {
		classes = append(classes, k)
	}
	calls := 0
	for _, k := range classes {
		for _, rows := range []int{0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 33} {
			n := rows * k
			if n > most {
				continue
			}
			label := make([]int, rows)
			for i := range label {
				label[i] = i % k
			}
			ce, focal := CrossEntropy[T](k, RowOptions{}).In(tier), SoftmaxFocal[T](k, 2, RowOptions{}).In(tier)
			links := []RowLink[T]{Softmax[T](k).In(tier), LogSoftmax[T](k).In(tier)}
			for _, atEnd := range []int{0b1111, 0b0000, 0b1110, 0b0111} {
				place := func(i, n int) []T { return arrays[i].slice(n, atEnd>>i&1 != 0, (n+i*5)%17*(atEnd&1)) }
				z, y, value, grad := place(0, n), place(1, n), place(2, rows), place(3, n)
				for i := range z {
					z[i], y[i] = T(i%11)-5, T(i%2)
				}
				runs := map[string]func(){
					"SumGradSoft":                     func() { ce.SumGradSoft(grad, z, y, 1) },
					"ValueSoft":                       func() { ce.ValueSoft(value, z, y) },
					"Softmax":                         func() { links[0].Value(grad, z) },
					"LogSoftmax":                      func() { links[1].Value(grad, z) },
					"Softmax of an upstream gradient": func() { links[0].Grad(grad, z, y) },
				}
				for name, loss := range map[string]Rowwise[T]{"CrossEntropy": ce, "SoftmaxFocal": focal} {
					runs[name+" ValueGrad"] = func() { must(t, loss.ValueGrad(value, grad, z, label, 1)) }
					runs[name+" Value"] = func() { must(t, loss.Value(value, z, label)) }
					runs[name+" Grad over the scores"] = func() { must(t, loss.Grad(z, z, label, 1)) }
					runs[name+" SumGrad"] = func() { _, err := loss.SumGrad(grad, z, label, 1); must(t, err) }
				}
				for name, run := range runs {
					if fault := faults(run); fault != "" {
						t.Fatalf("%s, %d×%d, ends %04b: %s", name, rows, k, atEnd, fault)
					}
					calls++
				}
			}
		}
	}
	if calls == 0 {
		t.Fatal("nothing was called")
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
