# finding: cross_entropy.*/value
# optax.softmax_cross_entropy is NaN where a class is masked with -inf and its target probability is 0. With the same target as
# a class index, softmax_cross_entropy_with_integer_labels is right.
import math
import sys

import jax.numpy as jnp
import optax

z = jnp.array([[1.0, -math.inf, 2.0]])
got = optax.softmax_cross_entropy(z, jnp.array([[1.0, 0.0, 0.0]])).item()
want = math.log1p(math.e)  # of the logits 1 and 2 alone
index = optax.softmax_cross_entropy_with_integer_labels(z, jnp.array([0])).item()
print("optax.softmax_cross_entropy of the logits (1, -inf, 2) against (1, 0, 0); against the index 0:", index)
print("got ", got)
print("want", want)
sys.exit(not abs(got - want) < 1e-6)
