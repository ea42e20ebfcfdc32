"""timm: the asymmetric loss and Poly-1, with the gradient by autograd."""
from importlib.metadata import version

from lossproof import lcp

from tensors import bare, labels, reduction, serve, target

bare("timm")  # whose models are not needed, nor what they need
from timm.loss.asymmetric_loss import AsymmetricLossMultiLabel
from timm.loss.poly_loss import PolyCrossEntropy

LEAST = 1e-8  # probability of which a logarithm is taken, as the documentation of eps says
LOGIT = 18.4206  # at which a sigmoid, or one minus it, is LEAST


def asymmetric(case, x):
    for z, y in zip(case.pred, case.target):
        if y == 1 and z < -LOGIT or y == 0 and z > LOGIT and case.scalar("clip") < LEAST:
            raise lcp.Unsupported("here a probability is raised to 1e-8, a convention that the catalogue does not have")
    return AsymmetricLossMultiLabel(gamma_neg=case.scalar("gamma_neg"), gamma_pos=case.scalar("gamma_pos"), clip=case.scalar("clip"), eps=LEAST,
                                    disable_torch_grad_focal_loss=case.conventions["modulator"] == "constant", reduction=reduction(case))(x, target(case))


def poly(case, x):
    return PolyCrossEntropy(epsilon=case.scalar("epsilon"), reduction=reduction(case))(x, labels(case))


FORMATS = ["f32", "bf16", "f16"]
CALLS = {"asymmetric": asymmetric, "poly1_cross_entropy": poly}
DECLARED = [
    ("asymmetric", {"reductions": ["none", "sum", "mean/elements"], "params": ["gamma_pos", "gamma_neg", "clip"], "dtypes": FORMATS,
                    "conventions": {"modulator": ["differentiated", "constant"]}}),
    ("poly1_cross_entropy", {"reductions": ["none", "sum", "mean/samples"], "targets": ["label"], "params": ["epsilon"], "dtypes": FORMATS}),
]
serve("timm", version("timm"), CALLS, DECLARED, {"torch": version("torch")})
