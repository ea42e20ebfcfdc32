"""Keras 3 on TensorFlow: the losses of keras.losses and the links of keras.ops, with the gradient by tf.GradientTape."""
import os

from lossproof import lcp

lcp.take_stdout()
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
import keras
import numpy as np
import tensorflow as tf

DTYPES = {"f64": "float64", "f32": "float32", "bf16": "bfloat16", "f16": "float16"}
REDUCTIONS = {"none": None, "sum": "sum", "mean/elements": "sum_over_batch_size", "mean/samples": "sum_over_batch_size",
              "mean/counted": "sum_over_batch_size", "mean/weight": "mean_with_sample_weight"}


def tensor(case, numbers, shape):
    return tf.constant(np.array(numbers).astype(tf.as_dtype(DTYPES[case.dtype]).as_numpy_dtype).reshape(shape))


def shape_of(case):
    """That of predictions. Keras takes the mean over the last axis before it reduces: each number of a pointwise loss is a row."""
    return (case.rows * case.cols, 1) if case.loss in POINTWISE else case.shape


# ---- the library's calls: a loss object with the case's parameters ----


def binary_crossentropy(case, **options):
    return keras.losses.BinaryCrossentropy(from_logits=False, **options)


def binary_crossentropy_with_logits(case, **options):
    return keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=case.scalar("label_smoothing"), **options)


def binary_focal_crossentropy(case, **options):
    if case.scalar("alpha") is not None:
        options.update(apply_class_balancing=True, alpha=case.scalar("alpha"))
    return keras.losses.BinaryFocalCrossentropy(gamma=case.scalar("gamma"), from_logits=True, **options)


def crossentropy(case, **options):
    """On logits, or, for categorical_cross_entropy, on probabilities."""
    options["from_logits"] = case.loss == "cross_entropy"
    if case.label is not None:
        return keras.losses.SparseCategoricalCrossentropy(ignore_class=case.params["ignore_index"], **options)
    lcp.need_distributions(case)  # for others TensorFlow says that the gradient is incorrect, and smoothing adds ε/K whatever their sum
    smoothing = case.scalar("label_smoothing") if case.loss == "cross_entropy" else 0
    return keras.losses.CategoricalCrossentropy(label_smoothing=smoothing, **options)


def categorical_focal_crossentropy(case, **options):
    alpha = case.per_class("alpha")
    return keras.losses.CategoricalFocalCrossentropy(alpha=1.0 if alpha is None else alpha, gamma=case.scalar("gamma"), from_logits=True, **options)


POINTWISE = {
    "squared_error": lambda case, **options: keras.losses.MeanSquaredError(**options),
    "binary_cross_entropy": binary_crossentropy,
    "binary_cross_entropy_with_logits": binary_crossentropy_with_logits,
    "sigmoid_focal": binary_focal_crossentropy,
}
ROWWISE = {"cross_entropy": crossentropy, "categorical_cross_entropy": crossentropy, "softmax_focal": categorical_focal_crossentropy}
LINKS = {
    "sigmoid": keras.ops.sigmoid,
    "log_sigmoid": keras.ops.log_sigmoid,
    "softplus": keras.ops.softplus,
    "softmax": keras.ops.softmax,
    "log_softmax": keras.ops.log_softmax,
    "log_sum_exp": lambda x: keras.ops.logsumexp(x, axis=1),
}


def target(case):
    if case.label is None:
        return tensor(case, case.target, shape_of(case))
    labels = np.array(case.label, dtype=np.int64)
    return keras.ops.one_hot(labels, case.cols, dtype=DTYPES[case.dtype]) if case.loss == "softmax_focal" else labels


def value_of(case, x):
    if case.loss in LINKS:
        return LINKS[case.loss](x)
    loss = {**POINTWISE, **ROWWISE}[case.loss](case, reduction=REDUCTIONS[case.reduction], dtype=DTYPES[case.dtype])
    weight = None if case.weight is None else tensor(case, case.weight, (-1,))
    return loss(target(case), x, sample_weight=weight)


def evaluate(case):
    if case.loss == "categorical_cross_entropy":
        need_probabilities(case)
    x = tensor(case, case.pred, shape_of(case))
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = value_of(case, x)
    if case.loss == "categorical_cross_entropy":
        return numbers_of(value), None
    grad = tape.gradient(value, x, None if case.upstream is None else tensor(case, case.upstream, case.shape))
    return numbers_of(value), numbers_of(grad)


def need_probabilities(case):
    """Skips a case in which a row of predictions does not sum to 1, since Keras divides each row by its sum: by that of the clipped ones under
    labels, whose cross-entropy it takes of their logarithms as logits."""
    clip = keras.config.epsilon() if case.label is not None else 0
    for i in range(case.rows):
        lcp.need_sum_of_1([min(max(p, clip), 1 - clip) for p in case.pred[i * case.cols:(i + 1) * case.cols]], case.dtype, "predictions")


def numbers_of(t):
    return t.numpy().astype(np.float64).ravel().tolist()


def declared(loss, means, **more):
    return lcp.capability(loss, DTYPES, reductions=["none", "sum", *means], weights=True,
                          conventions={"empty_mean": ["zero"], **more.pop("conventions", {})}, **more)


CLIPPED = {"probability_clip": ["1e-7"]}
CAPABILITIES = [
    declared("squared_error", ["mean/elements", "mean/weight"]),
    declared("binary_cross_entropy", ["mean/elements", "mean/weight"], conventions=CLIPPED),
    declared("binary_cross_entropy_with_logits", ["mean/elements", "mean/weight"], params=["label_smoothing"]),
    declared("sigmoid_focal", ["mean/elements", "mean/weight"], params=["alpha", "gamma"]),
    declared("cross_entropy", ["mean/counted", "mean/weight"], targets=["label"], params=["ignore_index"]),
    declared("cross_entropy", ["mean/samples", "mean/weight"], targets=["distribution"], params=["label_smoothing"]),
    declared("categorical_cross_entropy", ["mean/counted", "mean/weight"], targets=["label"], params=["ignore_index"], conventions=CLIPPED, outputs=["value"]),
    declared("categorical_cross_entropy", ["mean/samples", "mean/weight"], targets=["distribution"], conventions=CLIPPED, outputs=["value"]),
    declared("softmax_focal", ["mean/samples", "mean/weight"], params=["alpha", "gamma"]),
    *(lcp.capability(link, DTYPES) for link in LINKS),
]

tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)
tf.config.set_visible_devices([], "GPU")
lcp.serve("Keras", keras.__version__, CAPABILITIES, evaluate, {"backend": "TensorFlow " + tf.__version__, "device": "cpu", "mode": "eager"},
          carry=lambda dtype, numbers: numbers_of(tf.constant(np.array(numbers).astype(tf.as_dtype(DTYPES[dtype]).as_numpy_dtype))))
