# finding: binary_cross_entropy_with_logits.*/value
# optax.sigmoid_binary_cross_entropy is NaN for an infinite logit, where the loss of the right target is 0 and of the wrong one inf.
import math
import sys

import jax.numpy as jnp
import optax

got = optax.sigmoid_binary_cross_entropy(jnp.array([math.inf, math.inf]), jnp.array([1.0, 0.0])).tolist()
print("optax.sigmoid_binary_cross_entropy of the logit inf against 1 and 0")
print("got ", got)
print("want [0.0, inf]")
sys.exit(got != [0, math.inf])
