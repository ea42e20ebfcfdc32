"""SciPy: the links of scipy.special. Values only: SciPy has no gradients."""
import functools

from lossproof import lcp

lcp.take_stdout()
import numpy as np
import scipy
from scipy import special

DTYPES = {"f64": np.float64, "f32": np.float32, "f16": np.float16}
LINKS = {
    "sigmoid": special.expit,
    "log_sigmoid": special.log_expit,
    "softplus": special.softplus,
    "softmax": functools.partial(special.softmax, axis=1),
    "log_softmax": functools.partial(special.log_softmax, axis=1),
    "log_sum_exp": functools.partial(special.logsumexp, axis=1),
}


def evaluate(case):
    value = LINKS[case.loss](np.array(case.pred, dtype=DTYPES[case.dtype]).reshape(case.shape))
    return np.ravel(value).tolist(), None


def computes(link, dtype):
    """Some of the functions answer float16 in a wider type."""
    return LINKS[link](np.zeros((1, 1), dtype=DTYPES[dtype])).dtype == DTYPES[dtype]


CAPABILITIES = [lcp.capability(link, [dtype for dtype in DTYPES if computes(link, dtype)], outputs=["value"]) for link in LINKS]
np.seterr(all="ignore")
lcp.serve("SciPy", scipy.__version__, CAPABILITIES, evaluate, {"numpy": np.__version__},
          carry=lambda dtype, numbers: np.array(numbers, dtype=DTYPES[dtype]).tolist())
