# finding: cross_entropy.*/value
# F.cross_entropy is NaN where a class is masked with -inf and its target probability is 0. With the same target as a class
# index it is right.
import math
import sys

import torch
import torch.nn.functional as F

z = torch.tensor([[1.0, -math.inf, 2.0]], dtype=torch.float64)
got = F.cross_entropy(z, torch.tensor([[1.0, 0.0, 0.0]], dtype=torch.float64)).item()
want = math.log1p(math.e)  # of the logits 1 and 2 alone
print("F.cross_entropy of the logits (1, -inf, 2) against (1, 0, 0); against the index 0:", F.cross_entropy(z, torch.tensor([0])).item())
print("got ", got)
print("want", want)
sys.exit(not abs(got - want) < 1e-12)
