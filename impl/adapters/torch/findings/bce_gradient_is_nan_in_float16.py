# finding: binary_cross_entropy.f16/grad
# The gradient of F.binary_cross_entropy is NaN in float16 where probability and target are both 0 or both 1. Its denominator
# is max((1 - p)·p, 1e-12), and 1e-12 is 0 in float16: 0/0. In the other dtypes it is 0, and 1 or -1 is true.
import math
import sys

import torch
import torch.nn.functional as F


def gradient(p, dtype):
    x = torch.tensor([p], dtype=dtype, requires_grad=True)
    F.binary_cross_entropy(x, torch.full_like(x, p)).backward()
    return x.grad.item()


got = [gradient(p, torch.float16) for p in (0.0, 1.0)]
print("the gradient of F.binary_cross_entropy in float16, probability and target both 0, and both 1")
print("got ", got)
print("want", [1.0, -1.0])
print("in float32 it is", [gradient(p, torch.float32) for p in (0.0, 1.0)])
sys.exit(1 if any(map(math.isnan, got)) else 0)
