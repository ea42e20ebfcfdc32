# finding: binary_cross_entropy_with_logits.*/value
# tf.nn.sigmoid_cross_entropy_with_logits is NaN for an infinite logit, where the loss of the right label is 0 and of the wrong one inf.
import math
import sys

import tensorflow as tf

got = tf.nn.sigmoid_cross_entropy_with_logits(labels=[1.0, 0.0], logits=[math.inf, math.inf]).numpy().tolist()
print("tf.nn.sigmoid_cross_entropy_with_logits of the logit inf against 1 and 0")
print("got ", got)
print("want [0.0, inf]")
sys.exit(got != [0, math.inf])
