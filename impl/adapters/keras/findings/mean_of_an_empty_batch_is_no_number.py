# finding: squared_error.*/value
# The mean of a loss over an empty batch has no number: its shape is (0,), where the same loss of any other batch is a scalar, and
# where divide_no_nan is meant to make it 0.
import os
import sys

os.environ["KERAS_BACKEND"] = "tensorflow"
import keras
import numpy as np

empty, one = np.zeros((0, 1)), np.zeros((1, 1))
got = keras.losses.MeanSquaredError()(empty, empty).shape
print("the shape of MeanSquaredError() of a batch of no rows; of one row:", tuple(keras.losses.MeanSquaredError()(one, one).shape))
print("got ", tuple(got))
print("want ()")
sys.exit(tuple(got) != ())
