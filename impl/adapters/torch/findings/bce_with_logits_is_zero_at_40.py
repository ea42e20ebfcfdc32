# finding: binary_cross_entropy_with_logits.*/*
# F.binary_cross_entropy_with_logits and its gradient are 0 for the logit 40 and the target 1 in float64, where
# log(1 + exp(-40)) is 4.2e-18; -F.logsigmoid of the same logit is right.
import math
import sys

import torch
import torch.nn.functional as F

z = torch.tensor(40.0, dtype=torch.float64, requires_grad=True)
value = F.binary_cross_entropy_with_logits(z, torch.ones_like(z))
value.backward()
got, want = value.item(), math.log1p(math.exp(-40))
print("F.binary_cross_entropy_with_logits of the logit 40 where the target is 1; -F.logsigmoid is", -F.logsigmoid(z).item())
print("got ", got, "with the gradient", z.grad.item())
print("want", want, "with the gradient", -1 / (1 + math.exp(40)))
sys.exit(abs(got - want) > 1e-9 * want)
