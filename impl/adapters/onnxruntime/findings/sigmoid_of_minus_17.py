# finding: sigmoid.*/value
# Sigmoid of -17 in float32 is more than twice what it should be. In float64, digits are lost too.
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


got, want = float(run("Sigmoid", np.array([-17], np.float32))[0]), 1 / (1 + math.exp(17))
print("the operator Sigmoid of -17 in float32")
print("got ", got)
print("want", want)
sys.exit(abs(got - want) > 1e-6 * want)
