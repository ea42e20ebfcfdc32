# finding: log_softmax.f64/value
# LogSoftmax in float64 makes a number of a NaN, and a positive one, which no logarithm of a probability is. In float32 it is NaN.
import math
import sys

import numpy as np
import onnxruntime
from onnx import helper


def run(op, x):
    kind = helper.np_dtype_to_tensor_dtype(x.dtype)
    values = [helper.make_tensor_value_info(name, kind, x.shape) for name in "xy"]
    model = helper.make_model(helper.make_graph([helper.make_node(op, ["x"], ["y"])], op, values[:1], values[1:]),
                              opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"]).run(None, {"x": x})[0]


got = run("LogSoftmax", np.array([[0, math.nan]]))[0]
print("the operator LogSoftmax of (0, NaN) in float64; in float32 it is", run("LogSoftmax", np.array([[0, math.nan]], np.float32))[0].tolist())
print("got ", got.tolist())
print("want [nan, nan]")
sys.exit(not all(np.isnan(got)))
