# finding: categorical_cross_entropy.*/value
# The mean of the reference evaluator's NegativeLogLikelihoodLoss divides by all rows where the ignored label is -1, and by the
# rows that count where it is a class.
import math
import sys

import numpy as np
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator


def mean(labels, ignored):
    node = helper.make_node("NegativeLogLikelihoodLoss", ["x", "label"], ["y"], reduction="mean", ignore_index=ignored)
    inputs = [helper.make_tensor_value_info("x", TensorProto.DOUBLE, [3, 3]), helper.make_tensor_value_info("label", TensorProto.INT64, [3])]
    graph = helper.make_graph([node], "g", inputs, [helper.make_tensor_value_info("y", TensorProto.DOUBLE, [])])
    evaluator = ReferenceEvaluator(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]))
    return float(evaluator.run(None, {"x": np.log([[0.5, 0.25, 0.25]] * 3), "label": np.array(labels)})[0])


got, want = mean([0, -1, 0], -1), math.log(2)
print("ReferenceEvaluator: the mean NegativeLogLikelihoodLoss of log(1/2), an ignored label and log(1/2); with 2 as the ignored label:", mean([0, 2, 0], 2))
print("got ", got)
print("want", want)
sys.exit(abs(got - want) > 1e-12)
