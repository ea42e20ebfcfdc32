# finding: cross_entropy.*/value
# HalfMultinomialLoss is 0 for a sure and right prediction, where log(1 + exp(-37)) is 8.5e-17, and so is its gradient by the
# logit of that class, which is -8.5e-17.
import math
import sys

import numpy as np
from sklearn._loss.loss import HalfMultinomialLoss

loss, grad = HalfMultinomialLoss(n_classes=2).loss_gradient(y_true=np.array([1.0]), raw_prediction=np.array([[0.0, 37.0]]))
got, want = loss[0], math.log1p(math.exp(-37))
print("HalfMultinomialLoss of the raw predictions (0, 37), where the second class is right; its gradient is", grad.tolist())
print("got ", got)
print("want", want)
sys.exit(abs(got - want) > 1e-9 * want)
