"""ONNX Runtime on the CPU: each loss is a model of one node. Values only: what is installed for inference has no gradients."""
import functools
import pathlib
import sys

sys.path[:0] = [str(pathlib.Path(__file__).parents[1] / "onnx")]
from lossproof import lcp

lcp.take_stdout()
import models
import numpy as np
import onnxruntime

DTYPES = {"f64": np.float64, "f32": np.float32, "f16": np.float16}


@functools.cache
def session(model):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def evaluate(case):
    given = models.feeds(case, lambda numbers, shape: np.array(numbers, dtype=DTYPES[case.dtype]).reshape(shape))
    if case.label is not None:
        given["label"] = np.array(case.label, dtype=np.int64)
    [value] = session(models.of(case)).run(None, given)
    return numbers_of(value), None


def numbers_of(x):
    return np.asarray(x).astype(np.float64).ravel().tolist()


def carry(dtype, numbers):
    array = np.array(numbers, dtype=DTYPES[dtype])  # whose memory the OrtValue shares
    return numbers_of(onnxruntime.OrtValue.ortvalue_from_numpy(array).numpy())


def computes(loss, dtype):
    try:
        session(models.model(loss, dtype))
    except onnxruntime.capi.onnxruntime_pybind11_state.NotImplemented:
        return False
    return True


CAPABILITIES = [lcp.capability(formats=formats, **d) for d in models.declared()
                if (formats := [dtype for dtype in DTYPES if computes(d["loss"], dtype)])]
lcp.serve("ONNX Runtime", onnxruntime.__version__, CAPABILITIES, evaluate,
          {"device": "cpu", "provider": "CPUExecutionProvider", "opset": str(models.OPSET)},
          carry=carry)
