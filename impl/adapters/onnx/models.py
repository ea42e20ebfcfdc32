"""ONNX models of one loss each, for whatever runs ONNX: nodes as the standard has them, and nothing around them.

A model has the inputs x and, where the loss has labels, label and (of class weights) weight; its output is value.
"""
import functools

from onnx import TensorProto, checker, helper

OPSET, IR_VERSION = 17, 8
TYPES = {"f64": TensorProto.DOUBLE, "f32": TensorProto.FLOAT, "bf16": TensorProto.BFLOAT16, "f16": TensorProto.FLOAT16}

LINKS = {
    "sigmoid": ("Sigmoid", {}),
    "softplus": ("Softplus", {}),
    "softmax": ("Softmax", {"axis": 1}),
    "log_softmax": ("LogSoftmax", {"axis": 1}),
    "log_sum_exp": ("ReduceLogSumExp", {"axes": [1], "keepdims": 0}),
}
# The mean of ONNX divides by the sum of the weights of the labels that are not ignored.
LABEL_REDUCTIONS = {"none": "none", "sum": "sum", "mean/weight": "mean", "mean/counted": "mean"}


@functools.cache
def model(loss, dtype, reduction="none", weighted=False, ignore_index=None):
    """The model of a loss, serialised."""
    number = functools.partial(helper.make_tensor_value_info, elem_type=TYPES[dtype])
    inputs = [number("x", shape=["rows", "cols"])]
    if loss in LINKS:
        operator, attributes = LINKS[loss]
        nodes = [helper.make_node(operator, ["x"], ["value"], **attributes)]
        rank = 1 if loss == "log_sum_exp" else 2
    else:
        names = ["label", "weight"][:1 + weighted]
        attributes = {"reduction": LABEL_REDUCTIONS[reduction]}
        if ignore_index is not None:
            attributes["ignore_index"] = ignore_index
        inputs.append(helper.make_tensor_value_info("label", TensorProto.INT64, ["rows"]))
        if weighted:
            inputs.append(number("weight", shape=["cols"]))
        if loss == "cross_entropy":
            nodes = [helper.make_node("SoftmaxCrossEntropyLoss", ["x", *names], ["value"], **attributes)]
        else:  # NegativeLogLikelihoodLoss takes logarithms of probabilities
            nodes = [helper.make_node("Log", ["x"], ["log"]), helper.make_node("NegativeLogLikelihoodLoss", ["log", *names], ["value"], **attributes)]
        rank = 1 if reduction == "none" else 0
    graph = helper.make_graph(nodes, loss, inputs, [number("value", shape=["a", "b"][:rank])])
    built = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
    checker.check_model(built, full_check=True)
    return built.SerializeToString()


def of(case):
    """The model that computes a case."""
    if case.loss in LINKS:
        return model(case.loss, case.dtype)
    return model(case.loss, case.dtype, case.reduction, case.params["weight"] is not None, case.params["ignore_index"])


def declared():
    """What ONNX says of each loss, as capabilities without dtypes. There are no gradients."""
    for loss in ("cross_entropy", "categorical_cross_entropy"):
        yield {"loss": loss, "targets": ["label"], "reductions": ["none", "sum", "mean/weight"], "params": ["weight", "ignore_index"], "outputs": ["value"]}
        yield {"loss": loss, "targets": ["label"], "reductions": ["mean/counted"], "params": ["ignore_index"], "outputs": ["value"]}
    for link in LINKS:
        yield {"loss": link, "outputs": ["value"]}


def feeds(case, array):
    """The inputs of a case's model, of numbers made into arrays by array(numbers, shape)."""
    given = {"x": array(case.pred, case.shape)}
    if case.loss not in LINKS and case.params["weight"] is not None:
        given["weight"] = array(case.per_class("weight"), (-1,))
    return given
