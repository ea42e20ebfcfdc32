# finding: binary_cross_entropy_with_logits.*/value
# F.binary_cross_entropy_with_logits of the logit -5 and the target 0 is 0 in bfloat16, where log(1 + exp(-5)) is 0.0067; F.softplus has
# it. It is computed as (1 - target)·x - logsigmoid(x), so that 5 is subtracted from 5.0067.
import math
import sys

import torch
import torch.nn.functional as F

z = torch.tensor(-5.0, dtype=torch.bfloat16)
zero = torch.zeros_like(z)
got = F.binary_cross_entropy_with_logits(z, zero).item()
want = torch.tensor(math.log1p(math.exp(-5.0)), dtype=torch.float64).bfloat16().item()
mended = (z.clamp(min=0) - z * zero + torch.log1p(torch.exp(-z.abs()))).item()
print("F.binary_cross_entropy_with_logits of the logit -5 where the target is 0, in bfloat16")
print("got ", got)
print("want", want)
print("max(x, 0) - x·target + log1p(exp(-|x|)) is", mended, "and F.softplus is", F.softplus(z).item())
sys.exit(1 if got != want else 0)
