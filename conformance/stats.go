package conformance

import "math"

// errorStats gathers signed errors in ulp: the largest, with where it is, and what the
// root mean square needs. The sum of squares is kept scaled by the largest magnitude,
// as BLAS nrm2 does, since squares of errors overflow long before errors do.
type errorStats struct {
	count      int
	largest    float64 // signed; ±Inf where a NaN or an infinity is wrong
	at         int
	relative   float64 // the largest |err|/(1+κ): what the levels bound
	caseID     string
	input      func() string // of the largest
	scale, sum float64       // Σ err² = scale²·sum over the finite errors
	infinite   bool
}

func (s *errorStats) add(err, kappa float64, at int) {
	s.relative = max(s.relative, math.Abs(err)/(1+kappa))
	if s.count == 0 || math.Abs(err) > math.Abs(s.largest) {
		s.largest, s.at = err, at
	}
	s.count++
	if math.IsInf(err, 0) {
		s.infinite = true
		return
	}
	s.addScaled(math.Abs(err), 1)
}

// addScaled adds scale²·sum to the sum of squares.
func (s *errorStats) addScaled(scale, sum float64) {
	if scale == 0 {
		return
	}
	if scale > s.scale {
		ratio := s.scale / scale
		s.scale, s.sum = scale, float64(s.sum*ratio*ratio)+sum
		return
	}
	ratio := scale / s.scale
	s.sum += float64(ratio * ratio * sum)
}

// merge adds the errors of another output. The first of equally large errors is kept,
// so merging in a fixed order gives a fixed result.
func (s *errorStats) merge(t errorStats) {
	if t.count == 0 {
		return
	}
	if s.count == 0 || math.Abs(t.largest) > math.Abs(s.largest) {
		s.largest, s.at, s.caseID, s.input = t.largest, t.at, t.caseID, t.input
	}
	s.relative = max(s.relative, t.relative)
	s.count += t.count
	s.infinite = s.infinite || t.infinite
	s.addScaled(t.scale, t.sum)
}

// rms is the root mean square of the errors; infinite where one of them is.
func (s *errorStats) rms() float64 {
	switch {
	case s.infinite:
		return math.Inf(1)
	case s.count == 0:
		return 0
	}
	return s.scale * math.Sqrt(s.sum/float64(s.count))
}

// failedStats is that of an output without any number to measure.
func failedStats(i *instance, o Output) errorStats {
	return errorStats{count: 1, largest: math.Inf(1), relative: math.Inf(1), infinite: true, caseID: i.id, at: -1,
		input: func() string { return inputOf(&i.call, i.decl, o, -1) }}
}
