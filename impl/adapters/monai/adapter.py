"""MONAI: losses of masks and the focal loss, with the gradient by autograd."""
from importlib.metadata import version

from lossproof import lcp

from tensors import reduction, serve, target
from monai.losses import DiceLoss, FocalLoss, TverskyLoss


def a_mask_each(case, x, loss):
    """Rows are a batch of masks of one channel."""
    shape = (case.rows, 1, case.cols)
    return loss(x.reshape(shape), target(case).reshape(shape))


def smooth(case, factor=1):
    return {"smooth_nr": factor * case.scalar("smooth_numerator"), "smooth_dr": factor * case.scalar("smooth_denominator"), "reduction": reduction(case)}


def overlap(case):
    """How the intersection is taken: soft_label is for soft targets, and squares are of both masks."""
    conventions = case.conventions
    return {"soft_label": conventions.get("intersection") == "minimum", "squared_pred": conventions.get("dice_denominator") == "squares"}


def dice(case, x, **more):
    return a_mask_each(case, x, DiceLoss(**smooth(case), **overlap(case), **more))


def jaccard(case, x):  # 1 − (2I + nr)/(2U + dr)
    return a_mask_each(case, x, DiceLoss(jaccard=True, **smooth(case, 2), **overlap(case)))


def tversky(case, x):
    return a_mask_each(case, x, TverskyLoss(alpha=case.scalar("alpha"), beta=case.scalar("beta"), **smooth(case), soft_label=overlap(case)["soft_label"]))


def focal(case, x):
    return FocalLoss(gamma=case.scalar("gamma"), alpha=case.scalar("alpha"), reduction=reduction(case))(x, target(case))


CALLS = {
    "dice": dice,
    "dice_with_logits": lambda case, x: dice(case, x, sigmoid=True),
    "jaccard": jaccard,
    "tversky": tversky,
    "sigmoid_focal": focal,
}
OF_MASKS = {"reductions": ["none", "sum", "mean/elements"], "params": ["smooth_numerator", "smooth_denominator"]}
INTERSECTIONS = {"intersection": ["product", "minimum"]}
DECLARED = [
    ("dice", {**OF_MASKS, "conventions": INTERSECTIONS}),
    ("dice", {**OF_MASKS, "conventions": {"dice_denominator": ["squares"]}}),
    ("dice_with_logits", {**OF_MASKS, "conventions": {"dice_denominator": ["sum", "squares"]}}),
    ("jaccard", {**OF_MASKS, "conventions": INTERSECTIONS}),
    ("tversky", {**OF_MASKS, "params": ["alpha", "beta", *OF_MASKS["params"]], "conventions": INTERSECTIONS}),
    ("sigmoid_focal", {"reductions": ["none", "mean/elements"], "params": ["alpha", "gamma"], "hardTargets": True, "dtypes": ["f32", "bf16", "f16"]}),
]
serve("MONAI", version("monai"), CALLS, DECLARED, {"torch": version("torch")})
