# finding: cross_entropy.*/value
# tf.nn.sparse_softmax_cross_entropy_with_logits is 0 for a sure and right prediction, where log(1 + exp(-17)) is 4.1e-8, a number
# that float32 holds to seven digits.
import math
import sys

import tensorflow as tf

got = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[1], logits=[[0.0, 17.0]]).numpy().item()
want = math.log1p(math.exp(-17))
print("tf.nn.sparse_softmax_cross_entropy_with_logits of the logits (0, 17) in float32, where the second class is right")
print("got ", got)
print("want", want)
sys.exit(abs(got - want) > 1e-5 * want)
