# finding: huber.*/*
# A mean under weights is the sum of the weighted values over the sum of the weights in F.l1_loss and F.mse_loss, and over their
# number in F.huber_loss: with every weight 2, the mean of equal values is twice the value.
import sys

import torch
import torch.nn.functional as F

x, y, two = torch.zeros(3), torch.ones(3), torch.full((3,), 2.0)
means = {f.__name__: f(x, y, weight=two).item() / f(x, y).item() for f in (F.l1_loss, F.mse_loss, F.huber_loss)}
print("a mean under weights of 2, over the mean without weights")
print("got ", means)
print("want", {name: 1.0 for name in means}, "or 2 in all three")
sys.exit(1 if len(set(means.values())) > 1 else 0)
