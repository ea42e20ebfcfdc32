# finding: sigmoid_focal.*/grad
# The gradient of BinaryFocalCrossentropy(gamma=0.5, from_logits=True) is NaN for a sure and right prediction, where it is
# -(1 + gamma) exp(-(1 + gamma) z) to many digits, here -1.3e-26.
import math
import os
import sys

os.environ["KERAS_BACKEND"] = "tensorflow"
import keras
import tensorflow as tf

z = tf.constant([[40.0]])
with tf.GradientTape() as tape:
    tape.watch(z)
    loss = keras.losses.BinaryFocalCrossentropy(gamma=0.5, from_logits=True)(tf.ones_like(z), z)
got, want = tape.gradient(loss, z).numpy().item(), -1.5 * math.exp(-1.5 * 40)
print("the gradient of BinaryFocalCrossentropy of the logit 40, where the target is 1, with gamma 0.5")
print("got ", got)
print("want", want)
sys.exit(math.isnan(got))
