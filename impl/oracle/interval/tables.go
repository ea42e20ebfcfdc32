package interval

import (
	"fmt"
	"math/big"
	"math/bits"
	"sync"
	"sync/atomic"
)

// Tables
//
// For each W there is one set of constants, computed at first use and kept. Logarithms and exponentials are computed with
// W' = W + 64 fraction bits and then lose their last 64. All arithmetic is on integers ≥ 0 and truncates, so that every
// stored value is at most the exact one; the proofs bound how far below it is. MaxPrec gives W' ≤ 2^16 + 160 < 66000.
//
// # Logarithms
//
//	log((i+1)/i) = 2·atanh(1/d),  d = 2i + 1,  and so  log((64+j)/64) = Σ_{i=64}^{63+j} 2·atanh(1/d).
//
// The last of them, j = 64, is log 2. Each atanh is Σ_k d^-(2k+1)/(2k+1): p_0 = ⌊2·2^W'/d⌋, p_{k+1} = ⌊p_k/d²⌋, and the sum
// of ⌊p_k/(2k+1)⌋ over the p_k that are not 0. In units u':
//
//	p_k      is short by less than 1 + 1/d² + 1/d⁴ + … < 1.001
//	a term   is short by less than 1.001 + 1 (its own floor)                                         < 2.001
//	terms    as p_k > 0 needs d^(2k+1) ≤ 2·2^W' and d ≥ 129 > 2^7, at most W'/14 + 1 of them
//	the rest the first p_k = 0 means an exact value < 1.001, and a tail of less than 1.001·1.001     < 1.003
//
// so one atanh is short by less than 2.001·(W'/14 + 1) + 1.003 < 2.001·4716 + 1.1 < 9440, and a sum of at most 64 of them by
// less than 64·9440 < 2^20 u'.   (L)
//
// Without its last 64 bits an entry is short by less than 1 + 2^-44 u.   (L')
//
// # Exponentials
//
// exp(j/2^b) = Σ_k t_k, t_0 = 2^W', t_k = ⌊t_{k−1}·j/(k·2^b)⌋, until t_k = 0, with a = j/2^b ≤ 44/64. In units u':
//
//	t_k      is short by at most a/k times what t_{k−1} is short by, and its floor: less than 1/(1 − a) < 3.3
//	terms    a^k/k! < 2^-W' at the latest for k = W'/log2(64/44) < 1.86·W' < 122760
//	the rest the first t_k = 0 means an exact value < 3.3, and a tail of less than 3.3/(1 − a)       < 11
//
// so that an entry is short by less than 3.3·122760 + 11 < 2^20 u', and by less than 1 + 2^-44 u once it has lost 64
// bits.   (E)   The entry for j = 0 is exactly 2^W.
//
// # Arctangents
//
//	atan(i/64) − atan((i−1)/64) = atan(64/d),  d = 4096 + i·(i−1),  and so  atan(j/64) = Σ_{i=1}^{j} atan(64/d).
//
// The last of them, j = 64, is π/4. With z = 64/d ≤ 1/64 each is Σ_k ±z^(2k+1)/(2k+1): p_0 = ⌊64·2^W'/d⌋, p_{k+1} =
// ⌊4096·p_k/d²⌋, and the sum of ±⌊p_k/(2k+1)⌋ over the p_k that are not 0. In units u':
//
//	p_k      is short by less than 1 + z² + z⁴ + …                                                   < 1.001
//	a term   is short by less than 1.001 + 1 (its own floor)                                         < 2.001
//	terms    as z ≤ 2^-6, p_k > 0 needs 2^(6·(2k+1)) ≤ 2^W': at most W'/12 + 1 of them
//	the rest the first p_k = 0 means an exact value < 1.001, and as the series alternates, no more of it
//
// so one of them is off by less than 2.001·(W'/12 + 1) + 1.001 < 2.001·5501 + 1.1 < 11010, either way, and a sum of at most 64
// by less than 64·11010 < 2^20 u'. Without its last 64 bits an entry is short by more than −2^-44 u and less than
// (1 + 2^-44) u.   (A)
//
// These entries are computed at the first arctangent, not before.
//
// # Coefficients
//
// ⌊2^W/(2k+1)⌋ and ⌊2^W/k!⌋ are short by less than 1 u, and exact for k = 0 (and k = 1 for the factorials). The second is
// computed as ⌊⌊2^W/(k−1)!⌋/k⌋, which is the same number, because nested floors of integer quotients collapse.

const (
	tableBits = 6              // each table lookup takes this many bits off the argument
	tableSize = 1 << tableBits // 64
	expSize   = 45             // ⌊64·log 2⌋ + 1: the leading six bits of a remainder below log 2 are at most 44
)

// tables is immutable once built, but for what it computes when first asked.
type tables struct {
	words int  // machine words in W
	frac  uint // W

	one    *big.Int                // 1
	ln2    *big.Int                // log 2 in units u' = 2^-(W+64), short by less than 2^20
	center [tableSize + 1]*big.Int // c_j = (64+j)/64
	logs   [tableSize + 1]*big.Int // log c_j
	coarse [expSize]*big.Int       // exp(j/64)
	fine   [tableSize]*big.Int     // exp(j/4096)

	odd         []*big.Int // 1/(2k+1)
	inverseFact []*big.Int // 1/k!
	expTerms    int        // x^n/n! ≤ u for every x < 2^-12
	expm1Terms  int        // x^n/(n+1)! ≤ u for every x < 2^-6

	// atan(j/64)
	arctangents func() *[tableSize + 1]*big.Int
}

// wideBits is W' − W, the bits that the tables are computed with and do not keep.
const wideBits = 64

var cache [(MaxPrec+2*guardBits+63)/64 + 1]atomic.Pointer[tables] // indexed by wordsFor

// tables returns the constants for c.Prec. Two goroutines may build the same set at first: it has the same bits.
func (c Context) tables() *tables {
	if c.Prec < 2 || c.Prec > MaxPrec+guardBits { // Expm1 adds guardBits of its own; W grows no further than for MaxPrec
		panic(fmt.Sprintf("interval: precision %d lies outside of [2, %d]", c.Prec, MaxPrec))
	}
	n := wordsFor(c.Prec)
	if t := cache[n].Load(); t != nil {
		return t
	}
	cache[n].CompareAndSwap(nil, newTables(n*64))
	return cache[n].Load()
}

func newTables(frac uint) *tables {
	t := &tables{words: int(frac) / wordBits, frac: frac, one: powerOfTwo(frac)}

	sum := new(big.Int)
	for j := range t.logs {
		if j > 0 {
			addTwoAtanh(sum, int64(2*(tableSize+j-1)+1), frac+wideBits)
		}
		t.center[j] = new(big.Int).Lsh(big.NewInt(int64(tableSize+j)), frac-tableBits)
		t.logs[j] = new(big.Int).Rsh(sum, wideBits)
	}
	t.ln2 = sum
	for j := range t.coarse {
		t.coarse[j] = smallExp(j, tableBits, frac)
	}
	for j := range t.fine {
		t.fine[j] = smallExp(j, 2*tableBits, frac)
	}

	// The series of atan asks for at most W/13 + 1 terms (atan.go), that of atanh for W/16 + 1 (log.go).
	for k := range frac/13 + 1 {
		t.odd = append(t.odd, new(big.Int).Quo(t.one, big.NewInt(int64(2*k+1))))
	}
	t.arctangents = sync.OnceValue(func() *[tableSize + 1]*big.Int { return newArctangents(frac) })
	t.expTerms = factorialTerms(2*tableBits, 0, frac)
	t.expm1Terms = factorialTerms(tableBits, 1, frac)
	t.inverseFact = []*big.Int{t.one}
	for k := 1; k <= max(t.expTerms, t.expm1Terms); k++ {
		t.inverseFact = append(t.inverseFact, new(big.Int).Quo(t.inverseFact[k-1], big.NewInt(int64(k))))
	}
	return t
}

func powerOfTwo(n uint) *big.Int { return new(big.Int).Lsh(big.NewInt(1), n) }

// addTwoAtanh adds 2·atanh(1/d) to sum, both with frac fraction bits.
func addTwoAtanh(sum *big.Int, d int64, frac uint) {
	divisor, square := big.NewInt(d), big.NewInt(d*d)
	p, term, r := powerOfTwo(frac+1), new(big.Int), new(big.Int)
	p.QuoRem(p, divisor, r)
	for k := int64(0); p.Sign() > 0; k++ {
		term.QuoRem(p, divisor.SetInt64(2*k+1), r)
		sum.Add(sum, term)
		p.QuoRem(p, square, r)
	}
}

// newArctangents returns atan(j/64) with frac fraction bits.
func newArctangents(frac uint) *[tableSize + 1]*big.Int {
	entries := new([tableSize + 1]*big.Int)
	sum := new(big.Int)
	for j := range entries {
		if j > 0 {
			addAtan(sum, int64(tableSize*tableSize+j*(j-1)), frac+wideBits)
		}
		entries[j] = new(big.Int).Rsh(sum, wideBits)
	}
	return entries
}

// addAtan adds atan(64/d) to sum, both with frac fraction bits.
func addAtan(sum *big.Int, d int64, frac uint) {
	divisor, square := big.NewInt(d), big.NewInt(d*d)
	p, term, r := powerOfTwo(frac+tableBits), new(big.Int), new(big.Int)
	p.QuoRem(p, divisor, r)
	for k := int64(0); p.Sign() > 0; k++ {
		term.QuoRem(p, divisor.SetInt64(2*k+1), r)
		if k%2 == 0 {
			sum.Add(sum, term)
		} else {
			sum.Sub(sum, term)
		}
		p.Lsh(p, 2*tableBits)
		p.QuoRem(p, square, r)
	}
}

// smallExp returns exp(j/2^b) with frac fraction bits.
func smallExp(j int, b, frac uint) *big.Int {
	numerator, divisor, r := big.NewInt(int64(j)), new(big.Int), new(big.Int)
	term, product := powerOfTwo(frac+wideBits), new(big.Int)
	sum := new(big.Int)
	for k := int64(1); term.Sign() > 0; k++ {
		sum.Add(sum, term)
		product.Mul(term, numerator)
		term.QuoRem(product, divisor.SetInt64(k<<b), r)
	}
	return sum.Rsh(sum, wideBits)
}

// factorialTerms returns the least n, by a bound on the logarithm of the factorial from below, such that x^n/(n+offset)! is
// at most 2^-frac for every x < 2^-q.
func factorialTerms(q uint, offset, frac uint) int {
	log2Factorial := uint(0) // Σ ⌊log2 i⌋ ≤ log2 (n+offset)!
	for n := uint(1); ; n++ {
		log2Factorial += uint(bits.Len(n+offset)) - 1
		if q*n+log2Factorial >= frac {
			return int(n)
		}
	}
}
