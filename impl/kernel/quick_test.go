package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestQuick(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	n := 100003
	z, y := make([]float32, n), make([]float32, n)
	for i := range z {
		z[i] = math.Float32frombits(r.Uint32())
		if i%3 == 0 {
			z[i] = float32(r.NormFloat64() * 20)
		}
		y[i] = float32(r.IntN(2))
		if i%7 == 0 {
			y[i] = r.Float32()
		}
	}
	k := BinaryCrossEntropyWithLogits[float32](1)
	type out struct {
		v, g, g2, v2 []float32
		s, s2        float64
	}
	var outs []out
	for _, tier := range Tiers() {
		k := k.In(tier)
		o := out{make([]float32, n), make([]float32, n), make([]float32, n), make([]float32, n), 0, 0}
		k.ValueGrad(o.v, o.g, z, y, 1)
		k.Value(o.v2, z, y)
		k.Grad(o.g2, z, y, 1)
		outs = append(outs, o)
	}
	bad := 0
	worstV, worstG := 0.0, 0.0
	for i := range z {
		for _, o := range outs {
			a := outs[0]
			for _, p := range [][2]float32{{a.v[i], o.v[i]}, {a.g[i], o.g[i]}, {a.v[i], o.v2[i]}, {a.g[i], o.g2[i]}} {
				if math.Float32bits(p[0]) != math.Float32bits(p[1]) && (p[0] == p[0] || p[1] == p[1]) {
					bad++
					if bad < 10 {
						t.Errorf("z=%v y=%v: %v", z[i], y[i], p)
					}
				}
			}
		}
		if (y[i] == 0 || y[i] == 1) && z[i] == z[i] {
			zz, yy := float64(z[i]), float64(y[i])
			x := zz
			if yy == 1 {
				x = -zz
			}
			want := math.Max(x, 0) + math.Log1p(math.Exp(-math.Abs(x)))
			g := 1 / (1 + math.Exp(-x))
			if x < 0 {
				g = math.Exp(x) / (1 + math.Exp(x))
			}
			ulp := func(w float64) float64 { _, e := math.Frexp(w); return math.Ldexp(1, max(e-24, -149)) }
			if math.IsInf(want, 0) {
				continue
			}
			worstV = max(worstV, math.Abs(float64(outs[0].v[i])-want)/ulp(want))
			if yy == 1 {
				g = -g
			}
			worstG = max(worstG, math.Abs(float64(outs[0].g[i])-g)/ulp(math.Abs(g)))
		}
	}
	t.Log(worstV, worstG)
}

func BenchmarkQuick(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	n := 65536
	z, y, g := make([]float32, n), make([]float32, n), make([]float32, n)
	for i := range z {
		z[i] = float32(r.NormFloat64() * 3)
		y[i] = float32(r.IntN(2))
	}
	for _, tier := range Tiers() {
		k := BinaryCrossEntropyWithLogits[float32](1).In(tier)
		b.Run(tier.String(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				k.SumGrad(g, z, y, 1)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/elem")
		})
	}
}
