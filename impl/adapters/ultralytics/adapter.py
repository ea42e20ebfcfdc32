"""Ultralytics: the similarities of boxes that its losses are 1 minus, and its focal losses, with the gradient by autograd."""
import os
import tempfile
from importlib.metadata import version

from lossproof import lcp

settings = tempfile.TemporaryDirectory()
os.environ["YOLO_CONFIG_DIR"] = settings.name  # where it writes its settings when it is imported
os.environ["YOLO_OFFLINE"] = "true"

from tensors import boxes, serve, target, tensor
from ultralytics.utils.loss import DFLoss, FocalLoss, VarifocalLoss
from ultralytics.utils.metrics import bbox_iou


def similarity(**kind):
    return lambda case, x: 1 - bbox_iou(*boxes(case, x), xywh=False, eps=case.scalar("box_epsilon"), **kind)


def shape(case):
    """Its losses are a mean over the second axis and then a sum."""
    return (1, -1) if case.is_mean else (-1, 1)


def focal(case, x):
    alpha = case.scalar("alpha")
    if alpha == 0:
        raise lcp.Unsupported("alpha=0 switches the weights off")
    return FocalLoss(gamma=case.scalar("gamma"), alpha=0 if alpha is None else alpha)(x.reshape(shape(case)), target(case).reshape(shape(case)))


def varifocal(case, x):
    y = target(case).reshape(shape(case))
    return VarifocalLoss(gamma=case.scalar("gamma"), alpha=case.scalar("alpha"))(x.reshape(shape(case)), y, (y > 0).to(y.dtype))


def distribution_focal(case, x):
    if case.cols == 1:
        raise lcp.Unsupported("of a single class; the library takes it of two or more")
    return DFLoss(case.cols)(x, tensor(case, case.target, (-1, 1)))


CALLS = {
    "iou": similarity(),
    "giou": similarity(GIoU=True),
    "diou": similarity(DIoU=True),
    "ciou": similarity(CIoU=True),
    "sigmoid_focal": focal,
    "varifocal": varifocal,
    "distribution_focal": distribution_focal,
}
MEANS = {"reductions": ["sum", "mean/elements"]}
OF_BOXES = {"conventions": {"box_eps": ["sides"]}, "params": ["box_epsilon"]}
DECLARED = [
    *((loss, OF_BOXES) for loss in ("iou", "giou", "diou", "ciou")),
    ("sigmoid_focal", {**MEANS, "params": ["alpha", "gamma"]}),
    ("varifocal", {**MEANS, "params": ["alpha", "gamma"], "dtypes": ["f32", "bf16", "f16"]}),
    ("distribution_focal", {"targets": ["position"], "conventions": {"position_clamp": ["0.01"]}}),
]
serve("Ultralytics", version("ultralytics"), CALLS, DECLARED, {"torch": version("torch")})
