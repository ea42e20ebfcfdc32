"""scikit-learn: the losses that its estimators are trained with, value and gradient, and the metrics of the same name, value only."""
import warnings

from lossproof import lcp

lcp.take_stdout()
import numpy as np
import scipy
import sklearn
from sklearn import metrics
from sklearn._loss import loss as training

DTYPES = {"f64": np.float64, "f32": np.float32}


def array(case, numbers, shape=None):
    a = np.array(numbers, dtype=DTYPES[case.dtype])
    return a if shape is None else a.reshape(shape)


# ---- the losses of training: one value for each sample, or their average ----

TRAINING = {
    "squared_error": lambda case: training.HalfSquaredError(),
    "binary_cross_entropy_with_logits": lambda case: training.HalfBinomialLoss(),
    "cross_entropy": lambda case: training.HalfMultinomialLoss(n_classes=case.cols),
}


def train(case):
    if case.loss == "cross_entropy":
        if case.cols < 2:
            raise lcp.Unsupported("HalfMultinomialLoss is for two or more classes")
        if not all(0 <= label < case.cols for label in case.label):
            raise lcp.Unsupported("HalfMultinomialLoss does not check labels: one out of range writes beyond the gradient")
    loss = TRAINING[case.loss](case)
    given = {"y_true": array(case, case.target if case.label is None else case.label),
             "raw_prediction": array(case, case.pred, case.shape if case.loss == "cross_entropy" else None),
             "sample_weight": None if case.weight is None else array(case, case.weight)}
    if case.is_mean:
        return loss(**given), None
    return loss.loss_gradient(**given)


# ---- the metrics: a mean or a sum over the samples ----


def mean_squared_error(case, weight):
    return metrics.mean_squared_error(array(case, case.target), array(case, case.pred), sample_weight=weight)


def binary_log_loss(case, weight):
    for y in case.target:
        if y not in (0, 1):
            raise lcp.Unsupported(f"target {y}: log_loss takes labels")
    need_unclipped(case, case.pred)
    return metrics.log_loss(np.array(case.target, dtype=int), array(case, case.pred), labels=[0, 1], normalize=case.is_mean, sample_weight=weight)


def log_loss(case, weight):
    if case.cols < 2:
        raise lcp.Unsupported("log_loss is defined for two or more classes")
    p = array(case, case.pred, case.shape)
    need_unclipped(case, p[np.arange(case.rows), case.label])
    return metrics.log_loss(case.label, p, labels=range(case.cols), normalize=case.is_mean, sample_weight=weight)


def need_unclipped(case, probabilities):
    """Skips a case in which log_loss moves a probability to [eps, 1 - eps] of the dtype, as its documentation says."""
    eps = np.finfo(DTYPES[case.dtype]).eps
    for p in probabilities:
        if p < eps or p > 1 - eps:  # a NaN is for scikit-learn to judge
            raise lcp.Unsupported(f"probability {p} is clipped at the precision of the dtype, a convention that the catalogue does not have")


def zero_one_loss(case, weight):
    predicted = array(case, case.pred, case.shape).argmax(axis=1)  # as a classifier predicts
    return metrics.zero_one_loss(case.label, predicted, normalize=case.is_mean, sample_weight=weight)


METRICS = {"squared_error": mean_squared_error, "binary_cross_entropy": binary_log_loss, "categorical_cross_entropy": log_loss,
           "classification_error": zero_one_loss}


def evaluate(case):
    if case.loss in TRAINING and not (case.loss == "squared_error" and case.conventions["squared_error_factor"] == "1"):
        value, grad = train(case)
    else:
        value, grad = METRICS[case.loss](case, None if case.weight is None else array(case, case.weight)), None
    return np.ravel(value).tolist(), None if grad is None else np.ravel(grad).tolist()


HALF = {"squared_error_factor": ["1/2"]}
CAPABILITIES = []
for loss, more in {"squared_error": {"conventions": HALF}, "binary_cross_entropy_with_logits": {}, "cross_entropy": {"targets": ["label"]}}.items():
    CAPABILITIES += [
        lcp.capability(loss, DTYPES, weights=True, **more),
        lcp.capability(loss, DTYPES, outputs=["value"], reductions=["mean/elements"], **more),
        lcp.capability(loss, DTYPES, outputs=["value"], reductions=["mean/weight"], weights=True,
                       **{**more, "conventions": {**more.get("conventions", {}), "empty_mean": ["error"]}}),
    ]
for loss, reductions, more in [("squared_error", [], {}), ("binary_cross_entropy", ["sum"], {}),
                               ("categorical_cross_entropy", ["sum"], {"targets": ["label"]}), ("classification_error", ["sum"], {})]:
    more = {"outputs": ["value"], "conventions": {"empty_mean": ["error"]}, **more}
    CAPABILITIES += [lcp.capability(loss, DTYPES, reductions=[*reductions, "mean/weight"], weights=True, **more),
                     lcp.capability(loss, DTYPES, reductions=["mean/elements"], **more)]

np.seterr(all="ignore")
warnings.simplefilter("ignore")
lcp.serve("scikit-learn", sklearn.__version__, CAPABILITIES, evaluate, {"numpy": np.__version__, "scipy": scipy.__version__},
          carry=lambda dtype, numbers: np.array(numbers, dtype=DTYPES[dtype]).tolist())
