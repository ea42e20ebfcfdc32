"""JAX and optax: value, and gradient by jax.vjp, compiled by jax.jit, with x64 enabled."""
import functools
import os
import pathlib
import sys

from lossproof import lcp

lcp.take_stdout()
os.environ.setdefault("JAX_ENABLE_X64", "1")
# To compile is most of the work, and there are thousands of shapes: what is compiled once is kept beside the packages.
os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(pathlib.Path(sys.prefix) / "compiled"))
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES", "-1")
import jax
import jax.numpy as jnp
import jaxlib
import numpy as np
import optax

DTYPES = {"f64": np.float64, "f32": np.float32, "bf16": jnp.bfloat16, "f16": np.float16}


# ---- the library's calls: of x, what it is held against, and the loss's numbers ----


def smoothed_softmax_cross_entropy(x, y, smoothing):
    return optax.softmax_cross_entropy(x, optax.smooth_labels(y, smoothing))


def sigmoid_focal(x, y, gamma, alpha=None):
    return optax.sigmoid_focal_loss(x, y, alpha=alpha, gamma=gamma)


def huber(x, y, delta):
    return optax.huber_loss(x, y, delta=delta)


def poly1(x, labels, epsilon):
    return optax.losses.poly_loss_cross_entropy(x, jax.nn.one_hot(labels, x.shape[1], dtype=x.dtype), epsilon=epsilon)


SQUARED_ERRORS = {"1": optax.squared_error, "1/2": optax.l2_loss}
LINKS = {
    "sigmoid": jax.nn.sigmoid,
    "log_sigmoid": jax.nn.log_sigmoid,
    "softplus": jax.nn.softplus,
    "softmax": jax.nn.softmax,
    "log_softmax": jax.nn.log_softmax,
    "log_sum_exp": functools.partial(jax.nn.logsumexp, axis=1),
}


def call(case):
    """The function that computes the case, and the loss's numbers, which are no reason to compile anew."""
    match case.loss:
        case "squared_error":
            return SQUARED_ERRORS[case.conventions["squared_error_factor"]], ()
        case "binary_cross_entropy_with_logits":
            return optax.sigmoid_binary_cross_entropy, ()
        case "huber":
            return huber, (case.scalar("delta"),)
        case "log_cosh":
            return optax.log_cosh, ()
        case "hinge":
            return optax.hinge_loss, ()
        case "kl_divergence":
            return optax.losses.kl_divergence, ()
        case "poly1_cross_entropy":
            return poly1, (case.scalar("epsilon"),)
        case "cross_entropy" if case.label is not None:
            return optax.softmax_cross_entropy_with_integer_labels, ()
        case "cross_entropy" if case.scalar("label_smoothing"):
            lcp.need_distributions(case)  # to a target is added ε/K, whatever its sum
            return smoothed_softmax_cross_entropy, (case.scalar("label_smoothing"),)
        case "cross_entropy":
            return optax.softmax_cross_entropy, ()
        case "sigmoid_focal":
            alpha = case.scalar("alpha")
            return sigmoid_focal, (case.scalar("gamma"),) if alpha is None else (case.scalar("gamma"), alpha)
    return LINKS[case.loss], ()


@functools.partial(jax.jit, static_argnums=0)
def value_and_gradient(function, x, against, numbers, upstream):
    value, gradient = jax.vjp(lambda x: function(x, *against, *numbers), x)
    return value, gradient(jnp.ones_like(value) if upstream is None else upstream)[0]


@jax.jit
def identity(x):
    return x


def array(case, numbers):
    return np.array(numbers, dtype=DTYPES[case.dtype]).reshape(case.shape)


def evaluate(case):
    if case.label is not None:
        against = (np.array(case.label, dtype=np.int32),)
    else:
        against = () if case.target is None else (array(case, case.target),)
    upstream = None if case.upstream is None else array(case, case.upstream)
    function, numbers = call(case)
    value, grad = value_and_gradient(function, array(case, case.pred), against, numbers, upstream)
    return numbers_of(value), numbers_of(grad)


def numbers_of(x):
    return np.asarray(x).astype(np.float64).ravel().tolist()


CAPABILITIES = [
    lcp.capability("squared_error", DTYPES, conventions={"squared_error_factor": ["1", "1/2"]}),
    lcp.capability("binary_cross_entropy_with_logits", DTYPES),
    lcp.capability("cross_entropy", DTYPES, targets=["label"]),
    lcp.capability("cross_entropy", DTYPES, targets=["distribution"], params=["label_smoothing"]),
    lcp.capability("sigmoid_focal", DTYPES, params=["alpha", "gamma"]),
    lcp.capability("huber", DTYPES, params=["delta"]),
    lcp.capability("log_cosh", DTYPES),
    lcp.capability("hinge", DTYPES),
    lcp.capability("kl_divergence", DTYPES),
    lcp.capability("poly1_cross_entropy", DTYPES, targets=["label"], params=["epsilon"]),
    *(lcp.capability(link, DTYPES) for link in LINKS),
]

lcp.serve("JAX with optax", optax.__version__, CAPABILITIES, evaluate,
          {"jax": jax.__version__, "jaxlib": jaxlib.__version__, "device": jax.devices()[0].device_kind, "mode": "jit, x64"},
          carry=lambda dtype, numbers: numbers_of(identity(np.array(numbers, dtype=DTYPES[dtype]))))
