# finding: sigmoid_focal.*/grad
# torchvision's sigmoid_focal_loss with 0 < gamma < 1 has a gradient of NaN for a sure and right prediction: the true one
# is -(1 + gamma) exp(-(1 + gamma) z) to many digits, here -1.3e-26.
import math
import sys

import torch
from torchvision.ops import sigmoid_focal_loss

z = torch.tensor([40.0], dtype=torch.float64, requires_grad=True)
sigmoid_focal_loss(z, torch.ones_like(z), alpha=-1, gamma=0.5).sum().backward()
got, want = z.grad.item(), -1.5 * math.exp(-1.5 * 40)
print("the gradient of sigmoid_focal_loss of the logit 40 where the target is 1, alpha=-1, gamma=0.5")
print("got ", got)
print("want", want)
sys.exit(math.isnan(got))
