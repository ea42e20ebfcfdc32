# finding: log_softmax.*/value
# special.log_softmax loses the number of the largest logit, which is -log(1 + exp(-37)), or -8.5e-17.
import math
import sys

from scipy.special import log_softmax

got, want = log_softmax([0.0, 37.0])[1], -math.log1p(math.exp(-37))
print("special.log_softmax([0, 37])[1]")
print("got ", got)
print("want", want)
sys.exit(abs(got - want) > 1e-9 * abs(want))
