# finding: lovasz_hinge.*/*
# LovaszLoss of segmentation-models-pytorch raises an error in float64: its weights are made in float32, and
# torch.dot wants one dtype. In the narrower dtypes all is made float32.
import importlib.util
import sys
import types

import torch

package = types.ModuleType("segmentation_models_pytorch")  # without its __init__, which needs more than the losses do
package.__path__ = importlib.util.find_spec(package.__name__).submodule_search_locations
sys.modules[package.__name__] = package
from segmentation_models_pytorch.losses.lovasz import LovaszLoss

outcomes = {}
for dtype in (torch.float64, torch.float32, torch.bfloat16, torch.float16):
    x, y = torch.tensor([[[0.5, -2.0]]], dtype=dtype), torch.tensor([[[1.0, 0.0]]], dtype=dtype)
    try:
        outcomes[str(dtype)] = LovaszLoss("binary")(x, y).item()
    except RuntimeError as problem:
        outcomes[str(dtype)] = str(problem)
wrong = {dtype: came for dtype, came in outcomes.items() if came != 0.5}
print("LovaszLoss of the logits 0.5 and -2 against 1 and 0")
print("got ", wrong)
print("want", {dtype: 0.5 for dtype in wrong}, "as in", [dtype for dtype in outcomes if dtype not in wrong])
sys.exit(1 if wrong else 0)
