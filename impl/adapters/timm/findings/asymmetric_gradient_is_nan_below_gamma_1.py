# finding: asymmetric.*/grad
# The gradient of timm's AsymmetricLossMultiLabel with an exponent between 0 and 1 is NaN for a sure and right prediction: a power of 0 is
# differentiated. Of the logit 20, target 1 and gamma_pos 0.5 it is -1.5·exp(-30) to many digits.
import importlib.util
import math
import sys
import types

import torch

package = types.ModuleType("timm")  # without its __init__, which needs more than the losses do
package.__path__ = importlib.util.find_spec(package.__name__).submodule_search_locations
sys.modules[package.__name__] = package
from timm.loss.asymmetric_loss import AsymmetricLossMultiLabel

z = torch.tensor([[20.0]], requires_grad=True)
AsymmetricLossMultiLabel(gamma_pos=0.5, reduction="sum")(z, torch.ones_like(z)).backward()
got, want = z.grad.item(), -1.5 * math.exp(-1.5 * 20)
q = torch.tensor([[20.0]], requires_grad=True)
(torch.sigmoid(-q) ** 0.5 * torch.nn.functional.softplus(-q)).sum().backward()
print("the gradient of AsymmetricLossMultiLabel(gamma_pos=0.5) of the logit 20 where the target is 1")
print("got ", got)
print("want", want)
print("sigmoid(-z)**gamma·softplus(-z) has", q.grad.item())
sys.exit(1 if math.isnan(got) else 0)
