"""PyTorch, with torchvision's focal loss: value, and gradient by autograd, on the CPU or on a CUDA device."""
import math
import os

from lossproof import lcp

lcp.take_stdout()
import torch
import torch.nn.functional as F
import torchvision
from torchvision.ops import sigmoid_focal_loss

DTYPES = {"f64": torch.float64, "f32": torch.float32, "bf16": torch.bfloat16, "f16": torch.float16}
DEVICE = os.environ.get("LOSSPROOF_TORCH_DEVICE") or ("cuda" if torch.cuda.is_available() else "cpu")
NEVER = torch.iinfo(torch.int64).min  # an ignore_index that no label has: torch cannot switch it off
LEAST_LOG = -100  # to which binary_cross_entropy raises each logarithm, as its documentation says


def tensor(case, numbers, shape=None):
    t = torch.tensor(numbers, dtype=DTYPES[case.dtype], device=DEVICE)
    return t if shape is None else t.reshape(shape)


def optional(case, numbers, shape=None):
    return None if numbers is None else tensor(case, numbers, shape)


def reduction(case):
    return "mean" if case.is_mean else case.reduction


# ---- the library's calls ----


def mse_loss(case, x):
    return F.mse_loss(x, tensor(case, case.target, case.shape), reduction=reduction(case))


def binary_cross_entropy(case, x):
    for p, y in zip(case.pred, case.target):
        if p < math.exp(LEAST_LOG) and y != 0 or p == 1 and y != 1:
            raise lcp.Unsupported("here the logarithm is raised to -100, a convention that the catalogue does not have")
    return F.binary_cross_entropy(x, tensor(case, case.target, case.shape), optional(case, case.weight, case.shape), reduction=reduction(case))


def binary_cross_entropy_with_logits(case, x):
    return F.binary_cross_entropy_with_logits(x, tensor(case, case.target, case.shape), optional(case, case.weight, case.shape),
                                              pos_weight=tensor(case, case.params["pos_weight"]), reduction=reduction(case))


def cross_entropy(case, x):
    if case.label is not None:
        target = torch.tensor(case.label, dtype=torch.int64, device=DEVICE)
    else:
        if case.scalar("label_smoothing"):
            lcp.need_distributions(case)  # to a target is added ε/K, whatever its sum
        target = tensor(case, case.target, case.shape)
    ignored = case.params["ignore_index"]
    return F.cross_entropy(x, target, optional(case, case.per_class("weight")), reduction=reduction(case),
                           ignore_index=NEVER if ignored is None else ignored, label_smoothing=case.scalar("label_smoothing"))


def sigmoid_focal(case, x):
    alpha = case.scalar("alpha")
    return sigmoid_focal_loss(x, tensor(case, case.target, case.shape), alpha=-1 if alpha is None else alpha,
                              gamma=case.scalar("gamma"), reduction=reduction(case))


CALLS = {
    "squared_error": mse_loss,
    "binary_cross_entropy": binary_cross_entropy,
    "binary_cross_entropy_with_logits": binary_cross_entropy_with_logits,
    "cross_entropy": cross_entropy,
    "sigmoid_focal": sigmoid_focal,
    "sigmoid": lambda case, x: torch.sigmoid(x),
    "log_sigmoid": lambda case, x: F.logsigmoid(x),
    "softplus": lambda case, x: F.softplus(x),
    "softmax": lambda case, x: F.softmax(x, dim=1),
    "log_softmax": lambda case, x: F.log_softmax(x, dim=1),
    "log_sum_exp": lambda case, x: torch.logsumexp(x, dim=1),
}


def evaluate(case):
    x = tensor(case, case.pred, case.shape).requires_grad_()
    value = CALLS[case.loss](case, x)
    if (case.loss, case.dtype) in VALUE_ONLY:
        return numbers_of(value), None
    upstream = torch.ones_like(value) if case.upstream is None else tensor(case, case.upstream, case.shape)
    [grad] = torch.autograd.grad(value, x, upstream)
    return numbers_of(value), numbers_of(grad)


def numbers_of(t):
    return t.detach().cpu().double().flatten().tolist()


# ---- what is declared ----

REDUCTIONS = ["none", "sum", "mean/elements"]
DECLARED = [
    ("squared_error", {"reductions": REDUCTIONS}),
    ("binary_cross_entropy", {"reductions": REDUCTIONS, "weights": True}),
    ("binary_cross_entropy_with_logits", {"reductions": REDUCTIONS, "weights": True, "params": ["pos_weight"]}),
    ("cross_entropy", {"targets": ["label"], "reductions": ["none", "sum", "mean/weight"], "params": ["weight", "ignore_index", "label_smoothing"]}),
    ("cross_entropy", {"targets": ["label"], "reductions": ["mean/counted"], "params": ["ignore_index", "label_smoothing"]}),
    ("cross_entropy", {"targets": ["distribution"], "reductions": ["none", "sum", "mean/samples"], "params": ["weight", "label_smoothing"]}),
    ("sigmoid_focal", {"reductions": REDUCTIONS, "params": ["alpha", "gamma"]}),
    *((link, {}) for link in ("sigmoid", "log_sigmoid", "softplus", "softmax", "log_softmax", "log_sum_exp")),
]
if DEVICE == "cpu":  # on a CUDA device a label out of range ends the process
    DECLARED.append(("cross_entropy", {"targets": ["label"], "reductions": ["none", "sum"], "refuses": True}))

# Enough of a case for every call, to see what it computes in which dtype.
PARAMS = {"pos_weight": [1.0], "weight": None, "ignore_index": None, "label_smoothing": [0.0], "alpha": [0.25], "gamma": [2.0]}


def probe(loss, dtype, targets):
    given = {"rows": 1, "cols": 2, "pred": lcp.encode(dtype, [0.5, 0.25])}
    given.update({"label": [1]} if targets == ["label"] else {"target": lcp.encode(dtype, [0.25, 0.75])})
    return lcp.Case({"loss": loss, "dtype": dtype, "reduction": "none", "conventions": {}}, PARAMS, given)


def computes(case):
    try:
        evaluate(case)
    except RuntimeError as problem:  # torch has no type of its own for it
        if "not implemented for" not in str(problem):
            raise
        return False
    return True


CAPABILITIES, VALUE_ONLY = [], set()
for loss, declared in DECLARED:
    formats = {("value", "grad"): [], ("value",): []}
    for dtype in DTYPES:
        case = probe(loss, dtype, declared.get("targets"))
        if computes(case):
            formats["value", "grad"].append(dtype)
            continue
        VALUE_ONLY.add((loss, dtype))
        if computes(case):
            formats["value",].append(dtype)
    CAPABILITIES += [lcp.capability(loss, of, outputs, **declared) for outputs, of in formats.items() if of]

torch.set_num_threads(1)
environment = {"torchvision": torchvision.__version__, "device": DEVICE}
if torch.__file__.startswith("/usr/lib/python3/"):  # where Debian's packages are, and what pip installs is not
    environment["packages"] = "Debian's"
if DEVICE != "cpu":
    environment["accelerator"] = torch.cuda.get_device_name(DEVICE)
lcp.serve("PyTorch", torch.__version__, CAPABILITIES, evaluate, environment,
          carry=lambda dtype, numbers: numbers_of(torch.tensor(numbers, dtype=DTYPES[dtype], device=DEVICE)))
