"""NumPy as a student writes it: the formula of the textbook, and the derivative of the textbook, in the dtype of the input.

Nothing is done against overflow or cancellation; that is what this adapter is for.
"""

from lossproof import lcp

lcp.take_stdout()
import numpy as np

DTYPES = {"f64": np.float64, "f32": np.float32, "f16": np.float16}


def array(case, numbers, shape):
    return np.array(numbers, dtype=DTYPES[case.dtype]).reshape(shape)


# ---- the formulas: value, and gradient by z or p ----


def sigmoid(z):
    p = 1 / (1 + np.exp(-z))
    return p, p * (1 - p)


def log_sigmoid(z):
    p, _ = sigmoid(z)
    return np.log(p), 1 - p


def softplus(z):
    return np.log(1 + np.exp(z)), 1 / (1 + np.exp(-z))


def squared_error(x, y):
    return (x - y) ** 2, 2 * (x - y)


def squared_error_with_logits(z, y):
    p, slope = sigmoid(z)
    return (p - y) ** 2, 2 * (p - y) * slope


def binary_cross_entropy(p, y):
    return -y * np.log(p) - (1 - y) * np.log(1 - p), (p - y) / (p * (1 - p))


def binary_cross_entropy_with_logits(z, y, pos_weight):
    p, _ = sigmoid(z)
    return -pos_weight * y * np.log(p) - (1 - y) * np.log(1 - p), (1 - y) * p - pos_weight * y * (1 - p)


def sigmoid_focal(z, y, alpha, gamma):
    p, slope = sigmoid(z)
    chance = y * p + (1 - y) * (1 - p)
    weight = 1 if alpha is None else alpha * y + (1 - alpha) * (1 - y)
    cross_entropy = -y * np.log(p) - (1 - y) * np.log(1 - p)
    power = (1 - chance) ** gamma
    by_power = -gamma * (1 - chance) ** (gamma - 1) * (2 * y - 1) * slope
    return weight * power * cross_entropy, weight * (by_power * cross_entropy + power * (p - y))


def softmax(z, upstream):
    e = np.exp(z)
    p = e / e.sum(axis=1, keepdims=True)
    return p, p * (upstream - (p * upstream).sum(axis=1, keepdims=True))


def log_softmax(z, upstream):
    p, _ = softmax(z, upstream)
    return np.log(p), upstream - p * upstream.sum(axis=1, keepdims=True)


def log_sum_exp(z):
    e = np.exp(z)
    return np.log(e.sum(axis=1)), e / e.sum(axis=1, keepdims=True)


def one_hot(z, labels):
    y = np.zeros_like(z)
    y[np.arange(len(labels)), labels] = 1
    return y


def categorical_cross_entropy(p, y):
    return -(y * np.log(p)).sum(axis=1), -y / p


def cross_entropy(z, y):
    e = np.exp(z)
    p = e / e.sum(axis=1, keepdims=True)
    return -(y * np.log(p)).sum(axis=1), p - y


def softmax_focal(z, y, gamma):
    e = np.exp(z)
    p = e / e.sum(axis=1, keepdims=True)
    chance = (y * p).sum(axis=1, keepdims=True)
    value = -((1 - chance) ** gamma) * np.log(chance)
    by_chance = gamma * (1 - chance) ** (gamma - 1) * np.log(chance) - (1 - chance) ** gamma / chance
    return value[:, 0], by_chance * chance * (y - p)


def classification_error(z, labels):
    return (z.argmax(axis=1) != labels).astype(z.dtype), np.zeros_like(z)


# ---- which formula answers which case ----

LINKS = {"sigmoid": sigmoid, "log_sigmoid": log_sigmoid, "softplus": softplus, "log_sum_exp": log_sum_exp}
VECTORS = {"softmax": softmax, "log_softmax": log_softmax}
POINTWISE = {"squared_error": squared_error, "squared_error_with_logits": squared_error_with_logits,
             "binary_cross_entropy": binary_cross_entropy}
OF_CLASSES = {"categorical_cross_entropy": categorical_cross_entropy, "cross_entropy": cross_entropy}


def formula(case, x):
    if case.loss in LINKS:
        return LINKS[case.loss](x)
    if case.loss in VECTORS:
        upstream = np.ones_like(x) if case.upstream is None else array(case, case.upstream, case.shape)
        return VECTORS[case.loss](x, upstream)
    if case.loss == "classification_error":
        return classification_error(x, np.array(case.label, dtype=int))
    y = one_hot(x, np.array(case.label, dtype=int)) if case.label is not None else array(case, case.target, case.shape)
    if case.loss in POINTWISE:
        return POINTWISE[case.loss](x, y)
    if case.loss in OF_CLASSES:
        return OF_CLASSES[case.loss](x, y)
    if case.loss == "softmax_focal":
        return softmax_focal(x, y, case.scalar("gamma"))
    if case.loss == "sigmoid_focal":
        return sigmoid_focal(x, y, case.scalar("alpha"), case.scalar("gamma"))
    if case.loss == "binary_cross_entropy_with_logits":
        return binary_cross_entropy_with_logits(x, y, case.scalar("pos_weight"))
    raise lcp.Unsupported("no " + case.loss)


def evaluate(case):
    value, grad = formula(case, array(case, case.pred, case.shape))
    if case.reduction == "sum":
        value = value.sum()
    elif case.reduction == "mean/elements":
        value, grad = value.mean(), grad / value.size
    return np.ravel(value).tolist(), np.ravel(grad).tolist()


REDUCTIONS = ["none", "sum", "mean/elements"]
CAPABILITIES = [
    *(lcp.capability(loss, DTYPES, reductions=REDUCTIONS) for loss in [*LINKS, *POINTWISE, *OF_CLASSES, "classification_error"]),
    *(lcp.capability(loss, DTYPES) for loss in VECTORS),
    lcp.capability("binary_cross_entropy_with_logits", DTYPES, reductions=REDUCTIONS, params=["pos_weight"]),
    lcp.capability("sigmoid_focal", DTYPES, reductions=REDUCTIONS, params=["alpha", "gamma"]),
    lcp.capability("softmax_focal", DTYPES, reductions=REDUCTIONS, params=["gamma"]),
]

np.seterr(all="ignore")
lcp.serve("NumPy, naive formulas", np.__version__, CAPABILITIES, evaluate,
          carry=lambda dtype, numbers: np.array(numbers, dtype=DTYPES[dtype]).tolist())
