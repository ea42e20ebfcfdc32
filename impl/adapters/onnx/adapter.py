"""ONNX's own reference evaluator, which defines what the operators mean. Values only: it has no gradients."""
import functools

from lossproof import lcp

lcp.take_stdout()
import ml_dtypes
import models
import numpy as np
import onnx
from onnx.reference import ReferenceEvaluator

DTYPES = {"f64": np.float64, "f32": np.float32, "bf16": ml_dtypes.bfloat16, "f16": np.float16}


@functools.cache
def evaluator(model):
    return ReferenceEvaluator(onnx.load_from_string(model))


def evaluate(case):
    given = models.feeds(case, lambda numbers, shape: np.array(numbers).astype(DTYPES[case.dtype]).reshape(shape))
    if case.label is not None:
        given["label"] = np.array(case.label, dtype=np.int64)
    [value] = evaluator(models.of(case)).run(None, given)
    return numbers_of(value), None


def numbers_of(x):
    return np.asarray(x).astype(np.float64).ravel().tolist()


def computes(loss, dtype):
    try:
        models.model(loss, dtype)
    except onnx.shape_inference.InferenceError:  # the operator is not of this type
        return False
    return True


CAPABILITIES = [lcp.capability(formats=[dtype for dtype in DTYPES if computes(d["loss"], dtype)], **d) for d in models.declared()]
np.seterr(all="ignore")
lcp.serve("ONNX reference evaluator", onnx.__version__, CAPABILITIES, evaluate,
          {"numpy": np.__version__, "opset": str(models.OPSET)},
          carry=lambda dtype, numbers: numbers_of(np.array(numbers).astype(DTYPES[dtype])))
