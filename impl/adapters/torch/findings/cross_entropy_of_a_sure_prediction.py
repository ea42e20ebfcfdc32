# finding: cross_entropy.*/value
# F.cross_entropy is 0 for a sure and right prediction, where log(1 + exp(-37)) is 8.5e-17; its gradient is right.
import math
import sys

import torch
import torch.nn.functional as F

z = torch.tensor([[0.0, 37.0]], dtype=torch.float64, requires_grad=True)
loss = F.cross_entropy(z, torch.tensor([1]))
loss.backward()
got, want = loss.item(), math.log1p(math.exp(-37))
print("F.cross_entropy of the logits (0, 37), where the second class is right; its gradient is", z.grad.tolist())
print("got ", got)
print("want", want)
sys.exit(abs(got - want) > 1e-9 * want)
