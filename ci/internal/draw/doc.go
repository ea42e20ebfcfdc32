// Package draw makes random calls of any entry of the catalogue: what the sweep and the
// crosscheck of the release run on.
//
// It is opinionated. Numbers are drawn where implementations go wrong and not where a normal
// distribution has its mass: by regimes, which mix everyday numbers, every magnitude of the
// format, neighbours of thresholds, subnormals, infinities, scores with a common offset, and
// soft targets within a few ulps of the prediction. A call is a pure function of the entry and
// the random source, and always lies in the declared domains.
package draw
