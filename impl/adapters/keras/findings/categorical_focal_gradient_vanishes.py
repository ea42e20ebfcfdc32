# finding: softmax_focal.*/grad
# The gradient of CategoricalFocalCrossentropy(from_logits=True) is 0 for a sure and wrong prediction, which a model should learn
# most from: by the logit of the right class it is -1 to many digits.
import os
import sys

os.environ["KERAS_BACKEND"] = "tensorflow"
import keras
import tensorflow as tf

z = tf.constant([[0.0, 18.0]])
with tf.GradientTape() as tape:
    tape.watch(z)
    loss = keras.losses.CategoricalFocalCrossentropy(alpha=1.0, gamma=2.0, from_logits=True)(tf.constant([[1.0, 0.0]]), z)
got = tape.gradient(loss, z).numpy()[0].tolist()
print("the gradient of CategoricalFocalCrossentropy of the logits (0, 18), where the first class is right; its value is", loss.numpy().item())
print("got ", got)
print("want [-1.0, 1.0], to 6 digits")
sys.exit(abs(got[0] + 1) > 1e-5)
