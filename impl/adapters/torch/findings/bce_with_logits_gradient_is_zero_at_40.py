# finding: binary_cross_entropy_with_logits.*/grad
# The gradient of F.binary_cross_entropy_with_logits is 0 for the logit 40 and the target 1 in float64, where it is
# -1/(1 + exp(40)), -4.2e-18: it is computed as sigmoid(x) - target. The value of the same call is right.
import math
import sys

import torch
import torch.nn.functional as F

z = torch.tensor(40.0, dtype=torch.float64, requires_grad=True)
value = F.binary_cross_entropy_with_logits(z, torch.ones_like(z))
value.backward()
got, want = z.grad.item(), -1 / (1 + math.exp(40.0))
mended = -torch.sigmoid(-z).item()
print("the gradient of F.binary_cross_entropy_with_logits of the logit 40 where the target is 1; the value is", value.item())
print("got ", got)
print("want", want)
print("(1 - target)·sigmoid(x) - target·sigmoid(-x) is", mended)
sys.exit(1 if not math.isclose(got, want, rel_tol=1e-9) else 0)
