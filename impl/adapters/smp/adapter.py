"""segmentation-models-pytorch: losses of masks, and the focal loss, with the gradient by autograd."""
from importlib.metadata import version

from lossproof import lcp

from tensors import bare, each_row, reduction, serve, target

bare("segmentation_models_pytorch")  # whose models are not needed, nor what they need
from segmentation_models_pytorch.losses import DiceLoss, FocalLoss, JaccardLoss, LovaszLoss, TverskyLoss


def mask(loss, *names, **fixed):
    """A loss of masks with the parameters named. One without a true element costs nothing, which the source says and the catalogue does not have."""

    def call(case, p, t):
        if not t.any():
            raise lcp.Unsupported("of a mask without a true element the loss is 0, a convention that the catalogue does not have")
        return loss("binary", **fixed, **{theirs: case.scalar(ours) for theirs, ours in names})(p, t)

    return each_row(call)


def focal(case, x):
    return FocalLoss("binary", alpha=case.scalar("alpha"), gamma=case.scalar("gamma"), reduction=reduction(case))(x, target(case)).reshape(
        case.shape if case.reduction == "none" else ())


WEIGHTS = (("alpha", "alpha"), ("beta", "beta"))
CALLS = {
    "dice": mask(DiceLoss, from_logits=False, smooth=0.5),
    "dice_with_logits": mask(DiceLoss, smooth=0.5),
    "jaccard": mask(JaccardLoss, from_logits=False, smooth=1),
    "tversky": mask(TverskyLoss, *WEIGHTS, from_logits=False, smooth=1),
    "focal_tversky": mask(TverskyLoss, *WEIGHTS, ("gamma", "exponent"), from_logits=False, smooth=1),
    "lovasz_hinge": each_row(lambda case, p, t: LovaszLoss("binary")(p, t)),
    "sigmoid_focal": focal,
}
OF_MASKS = {"intersection": ["minimum"]}
DECLARED = [
    ("dice", {"conventions": OF_MASKS}),
    ("dice_with_logits", {"hardTargets": True}),
    ("jaccard", {"conventions": OF_MASKS}),
    ("tversky", {"conventions": OF_MASKS, "params": ["alpha", "beta"]}),
    ("focal_tversky", {"conventions": OF_MASKS, "params": ["alpha", "beta", "exponent"]}),
    ("lovasz_hinge", {}),
    ("sigmoid_focal", {"reductions": ["none", "sum", "mean/elements"], "params": ["alpha", "gamma"], "hardTargets": True}),
]
serve("segmentation-models-pytorch", version("segmentation-models-pytorch"), CALLS, DECLARED, {"torch": version("torch")})
