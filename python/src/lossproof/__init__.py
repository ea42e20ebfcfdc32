"""Says whether a loss function is computed right, and how exactly.

    import lossproof

    lossproof.check(my_loss, "cross_entropy", dtype="float32", level="close")   # raises with a diagnosis
    lossproof.eval("binary_cross_entropy_with_logits", 36.0, 1.0).value         # the truth
    for case in lossproof.vectors("sigmoid_focal", "float32"): ...              # certified cases

For pytest there is ``@lossproof.conformance("sigmoid_focal", gamma=2.0)``; ``lossproof`` on the command line is the whole
command, and ``lossproof.lcp`` is for adapters that run as programs of their own.
"""
from ._binary import LossproofError, version
from ._check import conformance, check
from ._report import ConformanceError, Report
from ._truth import Case, Number, Truth, catalogue, eval, losses, vectors
from ._bench import bench

__all__ = ["Case", "ConformanceError", "LossproofError", "Number", "Report", "Truth", "bench", "catalogue", "check", "conformance", "eval", "losses",
           "vectors", "version"]
