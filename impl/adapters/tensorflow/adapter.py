"""TensorFlow: the losses and links of tf.nn and tf.math, eager, with the gradient by tf.GradientTape."""
import os

from lossproof import lcp

lcp.take_stdout()
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
import numpy as np
import tensorflow as tf

DTYPES = {"f64": tf.float64, "f32": tf.float32, "bf16": tf.bfloat16, "f16": tf.float16}


def tensor(case, numbers):
    return tf.constant(np.array(numbers).astype(DTYPES[case.dtype].as_numpy_dtype).reshape(case.shape))


# ---- the library's calls ----


def binary_cross_entropy_with_logits(case, x):
    y, pos_weight = tensor(case, case.target), case.scalar("pos_weight")
    if pos_weight == 1:
        return tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=x)
    return tf.nn.weighted_cross_entropy_with_logits(labels=y, logits=x, pos_weight=pos_weight)


def cross_entropy(case, x):
    if case.label is not None:
        return tf.nn.sparse_softmax_cross_entropy_with_logits(labels=np.array(case.label, dtype=np.int64), logits=x)
    lcp.need_distributions(case)  # of others the documentation says that the gradient is incorrect
    return tf.nn.softmax_cross_entropy_with_logits(labels=tensor(case, case.target), logits=x)


LINKS = {
    "sigmoid": tf.math.sigmoid,
    "log_sigmoid": tf.math.log_sigmoid,
    "softplus": tf.math.softplus,
    "softmax": tf.nn.softmax,
    "log_softmax": tf.nn.log_softmax,
    "log_sum_exp": lambda x: tf.math.reduce_logsumexp(x, axis=1),
}
CALLS = {
    "squared_error": lambda case, x: tf.math.squared_difference(x, tensor(case, case.target)),
    "binary_cross_entropy_with_logits": binary_cross_entropy_with_logits,
    "cross_entropy": cross_entropy,
    **{name: lambda case, x, link=link: link(x) for name, link in LINKS.items()},
}


def evaluate(case):
    x = tensor(case, case.pred)
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = CALLS[case.loss](case, x)
    grad = tape.gradient(value, x, None if case.upstream is None else tensor(case, case.upstream))
    return numbers_of(value), numbers_of(grad)


def numbers_of(t):
    return t.numpy().astype(np.float64).ravel().tolist()


CAPABILITIES = [
    lcp.capability("squared_error", DTYPES),
    lcp.capability("binary_cross_entropy_with_logits", DTYPES, params=["pos_weight"]),
    lcp.capability("cross_entropy", DTYPES, targets=["label"], refuses=True),
    lcp.capability("cross_entropy", DTYPES, targets=["distribution"]),
    *(lcp.capability(link, DTYPES) for link in LINKS),
]

tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)
tf.config.set_visible_devices([], "GPU")
lcp.serve("TensorFlow", tf.__version__, CAPABILITIES, evaluate, {"device": "cpu", "mode": "eager"},
          carry=lambda dtype, numbers: numbers_of(tf.constant(np.array(numbers).astype(DTYPES[dtype].as_numpy_dtype))))
