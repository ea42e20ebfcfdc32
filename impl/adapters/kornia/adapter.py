"""kornia: focal losses and the Lovász hinge loss, with the gradient by autograd."""
from importlib.metadata import version

from lossproof import lcp

from tensors import each_row, labels, reduction, serve, target
from kornia.losses import binary_focal_loss_with_logits, focal_loss, lovasz_hinge_loss


def binary_focal(case, x):
    shape = (*case.shape, 1)  # a batch, channels and one position
    value = binary_focal_loss_with_logits(x.reshape(shape), target(case).reshape(shape), case.scalar("alpha"), case.scalar("gamma"), reduction(case), ignore_index=None)
    return value.reshape(case.shape) if case.reduction == "none" else value


def focal(case, x):
    return focal_loss(x.unsqueeze(-1), labels(case).unsqueeze(-1), None, case.scalar("gamma"), "sum", ignore_index=case.params["ignore_index"])


CALLS = {
    "sigmoid_focal": binary_focal,
    "softmax_focal": focal,
    "lovasz_hinge": each_row(lambda case, p, t: lovasz_hinge_loss(p.unsqueeze(0), t)),
}
DECLARED = [
    ("sigmoid_focal", {"reductions": ["none", "sum", "mean/elements"], "params": ["alpha", "gamma"], "hardTargets": True}),
    ("softmax_focal", {"reductions": ["sum"], "targets": ["label"], "params": ["gamma", "ignore_index"]}),
    ("lovasz_hinge", {}),
]
serve("kornia", version("kornia"), CALLS, DECLARED, {"torch": version("torch")})
