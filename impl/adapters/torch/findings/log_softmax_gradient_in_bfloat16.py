# finding: log_softmax.bf16/grad
# The gradient of a sum of F.log_softmax over two equal logits is 0: 1 - 2 softmax is exact even in bfloat16.
import sys

import torch
import torch.nn.functional as F

z = torch.tensor([0.0, 0.0], dtype=torch.bfloat16, requires_grad=True)
F.log_softmax(z, dim=0).sum().backward()
print("the gradient of F.log_softmax((0, 0)).sum() in bfloat16")
print("got ", z.grad.tolist())
print("want [0.0, 0.0]")
sys.exit(z.grad.tolist() != [0, 0])
