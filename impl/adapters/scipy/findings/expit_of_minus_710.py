# finding: sigmoid.f64/value
# special.expit(-710) is 0, where exp(-710) is 4.5e-309, a number of float64.
import math
import sys

from scipy.special import expit

got, want = expit(-710.0), math.exp(-710)
print("special.expit(-710.0)")
print("got ", got)
print("want", want)
sys.exit(abs(got - want) > 1e-9 * want)
