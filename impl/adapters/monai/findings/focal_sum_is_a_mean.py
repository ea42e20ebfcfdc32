# finding: sigmoid_focal.*/value
# MONAI's FocalLoss(reduction="sum"), documented as "the output will be summed", is the mean for a batch of rows and channels without
# further axes: it averages over the spatial axes first, and torch takes an empty list of axes for all.
import sys

import torch
from monai.losses import FocalLoss

x = torch.tensor([[1.0, -2.0, 0.5], [0.0, 3.0, -1.0]])
y = torch.tensor([[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
got, mean, want = FocalLoss(reduction="sum")(x, y).item(), FocalLoss(reduction="mean")(x, y).item(), FocalLoss(reduction="none")(x, y).sum().item()
print("FocalLoss(reduction='sum') of 2 rows of 3; reduction='mean' is", mean)
print("got ", got)
print("want", want)
sys.exit(1 if abs(got - want) > 1e-6 * want else 0)
