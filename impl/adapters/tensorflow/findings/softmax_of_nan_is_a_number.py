# finding: softmax.f32/value
# tf.nn.softmax in float32 makes a number of a NaN: of (0, NaN) it is 0 where every probability is unknown. In float64 it is NaN.
import math
import sys

import tensorflow as tf

got = tf.nn.softmax(tf.constant([[0, math.nan]], dtype=tf.float32)).numpy()[0].tolist()
print("tf.nn.softmax of (0, NaN) in float32; in float64:", tf.nn.softmax(tf.constant([[0, math.nan]], dtype=tf.float64)).numpy()[0].tolist())
print("got ", got)
print("want [nan, nan]")
sys.exit(not all(map(math.isnan, got)))
