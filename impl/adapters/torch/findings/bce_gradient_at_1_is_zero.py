# finding: binary_cross_entropy.*/grad
# The gradient of F.binary_cross_entropy by a probability of exactly 1 is 0 where the target is 1. It is -1 of -log(p), as it is
# beside it.
import sys

import torch
import torch.nn.functional as F


def gradient(p):
    x = torch.tensor([p], dtype=torch.float64, requires_grad=True)
    F.binary_cross_entropy(x, torch.ones_like(x)).backward()
    return x.grad.item()


print("the gradient of F.binary_cross_entropy by the probability 1 where the target is 1; by 0.999999 it is", gradient(0.999999))
print("got ", gradient(1.0))
print("want -1.0")
sys.exit(gradient(1.0) != -1)
