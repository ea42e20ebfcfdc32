package ieee_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/lossproof/lossproof/internal/ieee"
	"github.com/stretchr/testify/require"
)

// same reports whether two floats have the same bits, all NaNs being one.
func same(a, b float64) bool {
	return math.Float64bits(a) == math.Float64bits(b) || math.IsNaN(a) && math.IsNaN(b)
}

func TestFormat_ConstantsAreTheStandards(t *testing.T) {
	// IEEE 754-2019 table 3.5; bfloat16 has float32's exponent and 8 significant bits.
	for _, c := range []struct {
		f                               ieee.Format
		maxFinite, minNormal, subnormal float64
	}{
		{ieee.Float64, math.MaxFloat64, 0x1p-1022, math.SmallestNonzeroFloat64},
		{ieee.Float32, math.MaxFloat32, 0x1p-126, math.SmallestNonzeroFloat32},
		{ieee.BFloat16, 0x1.fep127, 0x1p-126, 0x1p-133},
		{ieee.Float16, 65504, 0x1p-14, 0x1p-24},
	} {
		require.True(t, same(c.maxFinite, c.f.MaxFinite()), c.f.Name)
		require.True(t, same(c.minNormal, c.f.MinNormal()), c.f.Name)
		require.True(t, same(c.subnormal, c.f.MinSubnormal()), c.f.Name)
	}
}

func TestFormat_BitsRoundTripForEveryHalfNumber(t *testing.T) {
	for _, f := range []ieee.Format{ieee.BFloat16, ieee.Float16} {
		previous := math.Inf(-1)
		for n := f.Ordinal(math.Inf(-1)); n <= f.Ordinal(math.Inf(1)); n++ {
			x := f.FromOrdinal(n)
			require.True(t, same(x, f.FromBits(f.Bits(x))), "%s %v", f, x)
			require.True(t, same(x, f.Round(x)), "%s %v", f, x)
			require.Equal(t, n, f.Ordinal(x))
			if n > f.Ordinal(math.Inf(-1)) {
				require.Greater(t, x, previous)
				require.True(t, same(x, f.Next(previous)), "%s %v", f, previous)
			}
			previous = x
		}
	}
}

func TestFloat32_AgreesWithTheLanguage(t *testing.T) {
	f := ieee.Float32
	r := rand.New(rand.NewPCG(1, 2))
	for range 200_000 {
		x := math.Float64frombits(r.Uint64())
		if r.IntN(2) == 0 { // near the format's own range and its ties
			x = float64(math.Float32frombits(r.Uint32())) * (1 + float64(r.IntN(5)-2)*0x1p-25)
		}
		if math.IsNaN(x) {
			continue
		}
		want := float32(x)
		require.True(t, same(float64(want), f.Round(x)), "%x", x)
		require.Equal(t, uint64(math.Float32bits(want)), f.Bits(f.Round(x)))
		require.True(t, same(float64(want), f.FromBits(uint64(math.Float32bits(want)))))
		if want != 0 && !math.IsInf(float64(want), 0) {
			up := math.Nextafter32(want, float32(math.Inf(1)))
			require.True(t, same(float64(up)+0, f.Next(float64(want))+0), "%x", want)
		}
	}
}

func TestHalf_RoundsTiesToEven(t *testing.T) {
	f := ieee.Float16
	require.True(t, same(1, f.Round(1+0x1p-11)))
	require.True(t, same(1+0x1p-9, f.Round(1+3*0x1p-11)))
	require.True(t, same(math.Inf(1), f.Round(65520)), "half an ulp over the largest rounds away")
	require.True(t, same(65504, f.Round(65519.99)))
	require.True(t, same(math.Copysign(0, -1), f.Round(-0x1p-25)), "a tie with zero goes to zero and keeps its sign")
	require.True(t, same(0x1p-24, f.Round(0x1.8p-25)))
}

func TestUlp_IsThatOfTheBinade(t *testing.T) {
	require.True(t, same(0x1p-52, ieee.Float64.Ulp(1)))
	require.True(t, same(0x1p-53, ieee.Float64.Ulp(math.Nextafter(1, 0))))
	require.True(t, same(math.SmallestNonzeroFloat64, ieee.Float64.Ulp(0)))
	require.True(t, same(0x1p-149, ieee.Float32.Ulp(-0x1p-140)))
	require.True(t, same(0x1p104, ieee.Float32.Ulp(math.Inf(-1))))
}

func TestHex_RoundTripsAndRefuses(t *testing.T) {
	require.Equal(t, "3f800000", ieee.Float32.Hex(1))
	require.Equal(t, "8000", ieee.Float16.Hex(math.Copysign(0, -1)))
	for _, bad := range []string{"", "3f80", "3f8000000", "zzzzzzzz", "0x3f8000", "-3f80000"} {
		_, err := ieee.Float32.ParseHex(bad)
		require.Error(t, err, bad)
	}
}

func TestParse_RoundsADecimalOnce(t *testing.T) {
	// 1 + 2^-11 + 2^-60 lies above a float16 tie that its float64 neighbour hits.
	x, err := ieee.Float16.Parse("1.00048828125000000086736")
	require.NoError(t, err)
	require.True(t, same(1+0x1p-10, x))
	x, err = ieee.Float16.Parse("1.00048828125")
	require.NoError(t, err)
	require.True(t, same(1, x))
	x, err = ieee.BFloat16.Parse("-1e999999999")
	require.NoError(t, err)
	require.True(t, same(math.Inf(-1), x))
	_, err = ieee.Float32.Parse("1,5")
	require.Error(t, err)
}

func FuzzParseHex(f *testing.F) {
	f.Add("3c00")
	f.Fuzz(func(t *testing.T, s string) {
		x, err := ieee.Float16.ParseHex(s)
		if err == nil && !math.IsNaN(x) {
			require.True(t, same(x, ieee.Float16.FromBits(ieee.Float16.Bits(x))))
		}
	})
}
