# finding: absolute_error.*/grad
# The gradient of F.l1_loss is 0 where the prediction is NaN, as if there were nothing to learn: the value is NaN, and so is the
# gradient of F.mse_loss and F.huber_loss.
import math
import sys

import torch
import torch.nn.functional as F


def gradient(function):
    x = torch.tensor([math.nan], requires_grad=True)
    function(x, torch.zeros(1)).backward()
    return x.grad.item()


got = gradient(F.l1_loss)
print("the gradient of F.l1_loss by a prediction that is NaN; of F.mse_loss", gradient(F.mse_loss), "and of F.huber_loss", gradient(F.huber_loss))
print("got ", got)
print("want nan")
sys.exit(1 if got == 0 else 0)
