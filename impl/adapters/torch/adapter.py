"""PyTorch's losses of torch.nn.functional and torchvision's: value, and gradient by autograd, on the CPU or on a CUDA device."""
import inspect
import math

from lossproof import lcp

lcp.take_stdout()
import torch
import torch.nn.functional as F
import torchvision
from torchvision import ops

from tensors import DEVICE, boxes, labels, optional, reduction, serve, target, tensor

NEVER = torch.iinfo(torch.int64).min  # an ignore_index that no label has: torch cannot switch it off
REDUCTIONS = ["none", "sum", "mean/elements"]
LEAST_LOG = -100  # to which binary_cross_entropy raises each logarithm, as its documentation says


# ---- the library's calls ----


def of_difference(function, *names):
    """A loss of prediction and target, with the parameters named, and with weights where the function takes them."""
    takes_weight = "weight" in inspect.signature(function).parameters

    def call(case, x):
        more = {"weight": optional(case, case.weight, case.shape)} if takes_weight else {}
        return function(x, target(case), reduction=reduction(case), **{name: case.scalar(name) for name in names}, **more)

    call.declared = [{"reductions": REDUCTIONS, "params": list(names), "weights": takes_weight and function is F.huber_loss}]
    if takes_weight and function is not F.huber_loss:  # these divide a mean by the sum of the weights, and huber_loss by their number
        call.declared.append({"reductions": ["none", "sum", "mean/weight"], "weights": True, "params": list(names)})
    return call


def binary_cross_entropy(case, x):
    for p, y in zip(case.pred, case.target):
        if p < math.exp(LEAST_LOG) and y != 0 or p == 1 and y != 1:
            raise lcp.Unsupported("here the logarithm is raised to -100, a convention that the catalogue does not have")
    return F.binary_cross_entropy(x, target(case), optional(case, case.weight, case.shape), reduction=reduction(case))


def binary_cross_entropy_with_logits(case, x):
    return F.binary_cross_entropy_with_logits(x, target(case), optional(case, case.weight, case.shape),
                                              pos_weight=tensor(case, case.params["pos_weight"]), reduction=reduction(case))


def ignored(case):
    return NEVER if case.params["ignore_index"] is None else case.params["ignore_index"]


def cross_entropy(case, x):
    if case.label is not None:
        y = labels(case)
    else:
        if case.scalar("label_smoothing"):
            lcp.need_distributions(case)  # to a target is added ε/K, whatever its sum
        y = target(case)
    return F.cross_entropy(x, y, optional(case, case.per_class("weight")), reduction=reduction(case),
                           ignore_index=ignored(case), label_smoothing=case.scalar("label_smoothing"))


def nll_loss(case, x):
    return F.nll_loss(x, labels(case), optional(case, case.per_class("weight")), reduction=reduction(case), ignore_index=ignored(case))


def kl_div(case, x):
    return F.kl_div(x, target(case), reduction="batchmean" if case.is_mean else case.reduction)


def margin_ranking_loss(case, x):
    return F.margin_ranking_loss(x, torch.zeros_like(x), target(case), margin=case.scalar("margin"), reduction=reduction(case))


def sigmoid_focal(case, x):
    alpha = case.scalar("alpha")
    return ops.sigmoid_focal_loss(x, target(case), alpha=-1 if alpha is None else alpha, gamma=case.scalar("gamma"), reduction=reduction(case))


def of_boxes(function):
    return lambda case, x: function(*boxes(case, x), reduction=reduction(case), eps=case.scalar("box_epsilon"))


def complete_box_iou_loss(case, x):
    for numbers in (case.pred, case.target):
        for k in range(0, len(numbers), 4):
            if numbers[k:k + 2] == numbers[k + 2:k + 4]:
                raise lcp.Unsupported("a box is a point, and the library's are documented to have an extent")
    return of_boxes(ops.complete_box_iou_loss)(case, x)


CALLS = {
    "absolute_error": of_difference(F.l1_loss),
    "squared_error": of_difference(F.mse_loss),
    "huber": of_difference(F.huber_loss, "delta"),
    "smooth_l1": of_difference(F.smooth_l1_loss, "beta"),
    "hinge": margin_ranking_loss,
    "binary_cross_entropy": binary_cross_entropy,
    "binary_cross_entropy_with_logits": binary_cross_entropy_with_logits,
    "cross_entropy": cross_entropy,
    "negative_log_likelihood": nll_loss,
    "kl_divergence": kl_div,
    "sigmoid_focal": sigmoid_focal,
    "giou": of_boxes(ops.generalized_box_iou_loss),
    "diou": of_boxes(ops.distance_box_iou_loss),
    "ciou": complete_box_iou_loss,
    "sigmoid": lambda case, x: torch.sigmoid(x),
    "log_sigmoid": lambda case, x: F.logsigmoid(x),
    "softplus": lambda case, x: F.softplus(x),
    "softmax": lambda case, x: F.softmax(x, dim=1),
    "log_softmax": lambda case, x: F.log_softmax(x, dim=1),
    "log_sum_exp": lambda case, x: torch.logsumexp(x, dim=1),
}

# ---- what is declared ----

OF_BOXES = {"reductions": REDUCTIONS, "conventions": {"empty_mean": ["zero"], "box_eps": ["denominators"]}}
DECLARED = [
    *((loss, more) for loss in ("absolute_error", "squared_error", "huber", "smooth_l1") for more in CALLS[loss].declared),
    ("hinge", {"reductions": REDUCTIONS, "params": ["margin"]}),
    ("binary_cross_entropy", {"reductions": REDUCTIONS, "weights": True, "finiteInputs": True}),
    ("binary_cross_entropy_with_logits", {"reductions": REDUCTIONS, "weights": True, "params": ["pos_weight"]}),
    ("cross_entropy", {"targets": ["label"], "reductions": ["none", "sum", "mean/weight"], "params": ["weight", "ignore_index", "label_smoothing"]}),
    ("cross_entropy", {"targets": ["label"], "reductions": ["mean/counted"], "params": ["ignore_index", "label_smoothing"]}),
    ("cross_entropy", {"targets": ["distribution"], "reductions": ["none", "sum", "mean/samples"], "params": ["weight", "label_smoothing"]}),
    ("negative_log_likelihood", {"targets": ["label"], "reductions": ["none", "sum", "mean/weight"], "params": ["weight", "ignore_index"]}),
    ("negative_log_likelihood", {"targets": ["label"], "reductions": ["mean/counted"], "params": ["ignore_index"]}),
    ("kl_divergence", {"reductions": ["sum", "mean/samples"]}),
    ("sigmoid_focal", {"reductions": REDUCTIONS, "params": ["alpha", "gamma"]}),
    ("giou", {**OF_BOXES, "params": ["box_epsilon"]}),
    ("diou", {**OF_BOXES, "params": ["box_epsilon"]}),
    ("ciou", OF_BOXES),
    *((link, {}) for link in ("sigmoid", "log_sigmoid", "softplus", "softmax", "log_softmax", "log_sum_exp")),
]
if DEVICE == "cpu":  # on a CUDA device a label out of range ends the process
    DECLARED += [(loss, {"targets": ["label"], "reductions": ["none", "sum"], "refuses": True}) for loss in ("cross_entropy", "negative_log_likelihood")]

environment = {"torchvision": torchvision.__version__}
if torch.__file__.startswith("/usr/lib/python3/"):  # where Debian's packages are, and what pip installs is not
    environment["packages"] = "Debian's"
serve("PyTorch", torch.__version__, CALLS, DECLARED, environment)
