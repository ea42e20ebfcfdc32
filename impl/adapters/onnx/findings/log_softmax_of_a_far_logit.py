# finding: log_softmax.*/value
# The reference evaluator's LogSoftmax is -inf where the softmax underflows: of (0, 746) it is (-746, 0).
import sys

import numpy as np
from onnx import helper
from onnx.reference import ReferenceEvaluator

x = np.array([[0.0, 746.0]])
values = [helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(x.dtype), x.shape) for name in "xy"]
graph = helper.make_graph([helper.make_node("LogSoftmax", ["x"], ["y"])], "g", values[:1], values[1:])
[got] = ReferenceEvaluator(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])).run(None, {"x": x})
print("ReferenceEvaluator: LogSoftmax of (0, 746)")
print("got ", got[0].tolist())
print("want [-746.0, 0.0]")
sys.exit(got[0, 0] != -746)
