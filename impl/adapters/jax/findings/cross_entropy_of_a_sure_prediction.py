# finding: cross_entropy.*/value
# optax.softmax_cross_entropy_with_integer_labels is 0 for a sure and right prediction, where log(1 + exp(-17)) is 4.1e-8, a
# number that float32 holds to seven digits.
import math
import sys

import jax.numpy as jnp
import optax

z = jnp.array([[0.0, 17.0]], dtype=jnp.float32)
got, want = optax.softmax_cross_entropy_with_integer_labels(z, jnp.array([1])).item(), math.log1p(math.exp(-17))
print("optax.softmax_cross_entropy_with_integer_labels of the logits (0, 17) in float32, where the second class is right")
print("got ", got)
print("want", want)
sys.exit(abs(got - want) > 1e-5 * want)
