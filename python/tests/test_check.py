"""The package against the command: needs the wheel (or LOSSPROOF_BINARY), NumPy and pytest; PyTorch and JAX where they are."""
import math

import numpy as np
import pytest

import lossproof

QUICK = ["--checks", "5", "--live", "0"]
GOLDEN = ["--only", "golden"]


def stable(z, y):
    with np.errstate(all="ignore"):
        e = np.exp(-np.abs(z))
        loss = np.where(np.isinf(z), np.where((z > 0) == (y == 1), 0, np.inf), np.maximum(z, 0) - z * y + np.log1p(e))
        sigma = np.where(z >= 0, 1 / (1 + e), e / (1 + e))
        return np.where(np.isnan(z), z, loss), np.where(y == 1, -np.where(z >= 0, e / (1 + e), 1 / (1 + e)), sigma - y)


def textbook(z, y):
    p = 1 / (1 + np.exp(-z))
    return -y * np.log(p) - (1 - y) * np.log(1 - p)


def squared(x, y):
    d = x - y
    return d * d, 2 * d


def test_a_right_function_conforms():
    report = lossproof.check(squared, "squared_error", dtype=["float64", "float32"], level="accurate", options=QUICK)
    assert report.ok and not report.failures and not report.broken_laws
    assert set(report.levels) >= {("f64", "value"), ("f64", "grad"), ("f32", "value"), ("f32", "grad")}
    assert "conforms" in repr(report) and "<table>" in report._repr_html_()


def test_the_exception_is_a_diagnosis():
    with pytest.raises(lossproof.ConformanceError) as raised:
        lossproof.check(textbook, "binary_cross_entropy_with_logits", options=GOLDEN)
    text = str(raised.value)
    assert "binary_cross_entropy_with_logits" in text and len(text.splitlines()) < 70
    assert "say finite_inputs=True" in raised.value.report.text
    report = raised.value.report
    assert not report.ok and report.failures and all(f["format"] == "f32" for f in report.failures)
    assert isinstance(raised.value, AssertionError)


def test_a_function_with_its_gradient_beside_it():
    report = lossproof.check(lambda x, y: squared(x, y)[0], "squared_error", grad=lambda x, y: squared(x, y)[1], level="accurate", options=GOLDEN)
    assert ("f32", "grad") in report.levels
    wrong = pytest.raises(lossproof.ConformanceError, lossproof.check, lambda x, y: squared(x, y)[0], "squared_error", grad=lambda x, y: x - y, options=GOLDEN)
    assert {f["output"] for f in wrong.value.report.failures} == {"grad"}


def test_a_value_alone_is_judged_by_its_value():
    report = lossproof.check(lambda x, y: squared(x, y)[0], "squared_error", options=GOLDEN)
    assert ("f32", "value") in report.levels and ("f32", "grad") not in report.levels


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def rows(z, label):
    with np.errstate(all="ignore"):
        top = z.max(axis=1, keepdims=True)
        lse = top + np.log(np.exp(z - top).sum(axis=1, keepdims=True))
        g = softmax(z)
        each = np.arange(len(z))
        g[each, label] -= 1
        return (lse - z)[each, label], g


def test_rows_take_class_indices():
    with pytest.raises(lossproof.ConformanceError) as raised:  # infinite scores are its undoing, and nothing else is
        lossproof.check(rows, "cross_entropy", dtype="float64", options=GOLDEN)
    assert raised.value.report.data["tally"]["passed"] > 100


def test_what_it_does_not_promise_it_is_not_asked():
    def everyday(z, y):
        return np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z))), 1 / (1 + np.exp(-z)) - y

    with pytest.raises(lossproof.ConformanceError):
        lossproof.check(everyday, "binary_cross_entropy_with_logits", options=GOLDEN)
    assert lossproof.check(everyday, "binary_cross_entropy_with_logits", hard_targets=True, finite_inputs=True, options=QUICK).ok


def test_fixed_and_drawn_parameters():
    def smooth(x, y, beta):
        d, b = np.abs(x - y), beta
        with np.errstate(all="ignore"):
            return np.where(d < b, d / 2 * (d / b), d - b / 2)

    drawn = lossproof.check(smooth, "smooth_l1", params=["beta"], options=GOLDEN)
    fixed = lossproof.check(lambda x, y: smooth(x, y, 1.0), "smooth_l1", beta=1.0, options=GOLDEN)
    assert drawn.data["tally"]["passed"] > fixed.data["tally"]["passed"] > 20


def test_a_mean_is_judged_as_one():
    def mean(x, y):
        with np.errstate(all="ignore"):
            d = x - y
            return np.sum((d * d).astype(np.float64)) / np.float64(d.size), 2 * d / np.float64(d.size)

    assert lossproof.check(mean, "squared_error", dtype="float32", reduction="mean", options=GOLDEN).ok
    with pytest.raises(lossproof.LossproofError, match="reduction"):
        lossproof.check(mean, "squared_error")


@pytest.mark.parametrize("arguments, said", [
    (dict(loss="squared_eror"), "squared_error"),
    (dict(loss="squared_error", dtype="float31"), "float32"),
    (dict(loss="squared_error", level="perfect"), "exact"),
    (dict(loss="squared_error", gama=1.0), "gama"),
    (dict(loss="cross_entropy", targets="labels"), "label or distribution"),
    (dict(loss="squared_error", reduction="average"), "mean/samples"),
    (dict(loss="squared_error", framework="theano"), "torch"),
])
def test_mistakes_say_what_there_is(arguments, said):
    with pytest.raises(lossproof.LossproofError, match=said):
        lossproof.check(squared, **arguments)


def test_a_function_that_fails_on_everyday_input_says_so():
    def broken(x, y):
        raise KeyError("of mine")

    with pytest.raises(lossproof.LossproofError, match="of mine"):
        lossproof.check(broken, "squared_error")


def test_what_it_raises_on_some_input_is_its_answer_there():
    def shy(x, y):
        if np.any(np.abs(x) > 1e6):
            raise OverflowError("too large for me")
        return squared(x, y)

    with pytest.raises(lossproof.ConformanceError) as raised:
        lossproof.check(shy, "squared_error", options=GOLDEN)
    assert {f["outcome"] for f in raised.value.report.failures} == {"refused"}
    assert any("too large for me" in f["got"] for f in raised.value.report.failures)
    case = raised.value.report.failures[0]["case"]
    assert f'options=["--case", "{case}", ' in raised.value.report.failures[0]["repeat"]


def test_the_truth_to_any_digits():
    truth = lossproof.eval("binary_cross_entropy_with_logits", 36.0, 1.0, digits=40)
    assert truth.value.value == math.log1p(math.exp(-36.0)) and truth.value.digits.startswith("2.3195228302435691")
    assert float(truth.grad[0]) < 0 and truth.value.kappa == pytest.approx(36)
    rows = lossproof.eval("cross_entropy", np.array([[1.0, 2.0, 3.0]]), [2], dtype="float32")
    assert rows.value.value == pytest.approx(0.40760597) and len(rows.grad) == 3
    sigma = 1 / (1 + math.exp(1.0))
    assert lossproof.eval("sigmoid_focal", -1.0, 0.0, gamma=0.5, alpha=None).value.value == pytest.approx(-math.sqrt(sigma) * math.log(1 - sigma))
    with pytest.raises(lossproof.LossproofError, match="prediction|number"):
        lossproof.eval("binary_cross_entropy", 1.5, 1.0)


def test_a_loss_of_ones_own_is_checked_by_its_definition(tmp_path):
    definition = "softplus(z) - y*z"
    assert lossproof.check(stable, define=definition, dtype="float64", options=QUICK).ok
    with pytest.raises(lossproof.ConformanceError) as raised:
        lossproof.check(textbook, "my_loss", define="claims: convex\n\n" + definition, options=GOLDEN)
    assert {f["loss"] for f in raised.value.report.failures} == {"my_loss"} and "overflow" in str(raised.value)
    assert 'lossproof.check(..., options=["--case", "my_loss.' in str(raised.value) and "_relay" not in raised.value.report.text
    truth = lossproof.eval("binary_cross_entropy_with_logits", 36.0, 1.0)
    (tmp_path / "my.txt").write_text(definition, encoding="utf-8")
    for of in ({"define": definition}, {"define": str(tmp_path / "my.txt")}, {"loss": "my_loss", "define": str(tmp_path / "my.txt")}):
        assert lossproof.eval(pred=36.0, target=1.0, **of).value == truth.value
    for of, said in (({}, "which loss"), ({"define": "sofplus(z)"}, "did you mean softplus")):
        with pytest.raises(lossproof.LossproofError, match=said):
            lossproof.check(stable, **of)


@pytest.mark.parametrize("dtype", ["float64", "float32", "bfloat16", "float16"])
def test_vectors_are_the_golden_cases(dtype):
    cases = list(lossproof.vectors("squared_error", dtype))
    assert len(cases) > 60 and len({c.id for c in cases}) == len(cases)
    judged = 0
    for c in cases:
        if c.error is None and c.reduction == "none" and c.weight is None and not c.conventions and np.isfinite(c.pred).all() and np.isfinite(c.value).all():
            exact = (c.pred.astype(float) - np.reshape(c.target, c.pred.shape)) ** 2
            np.testing.assert_allclose(c.value.reshape(exact.shape), exact, rtol=2.0**-7, atol=1e-7)
            judged += 1
    assert judged > 20


def test_the_catalogue_is_there():
    assert "cross_entropy" in lossproof.losses()
    assert {"alpha", "gamma"} <= {p["name"] for p in lossproof.catalogue("sigmoid_focal")["params"]}


def test_bench_prints_what_benchstat_reads(capsys):
    lines = lossproof.bench(stable, "binary_cross_entropy_with_logits", sizes=(64,), rounds=2, seconds=0.001, impl="numpy")
    assert lines == capsys.readouterr().out.splitlines()
    name, count, took = lines[-1].split("\t")[:3]
    assert name == "BenchmarkLoss/loss=binary_cross_entropy_with_logits/op=sum_grad/dtype=f32/impl=numpy/n=64"
    assert int(count) > 0 and took.endswith(" ns/op")


def test_bench_times_nothing_that_is_wrong():
    with pytest.raises(lossproof.LossproofError, match="nothing that is wrong is timed"):
        lossproof.bench(lambda x, y: (squared(x, y)[0], x - y), "squared_error", sizes=(64,))


def test_torch_has_its_gradient_by_autograd():
    torch = pytest.importorskip("torch", reason="NOT RUN: there is no PyTorch")
    f = torch.nn.functional
    report = lossproof.check(lambda x, y: f.mse_loss(x, y, reduction="none"), "squared_error", dtype="float64", options=GOLDEN)
    assert report.ok and report.data["subject"]["environment"]["framework"] == "torch"
    wrong = pytest.raises(lossproof.ConformanceError, lossproof.check, lambda z, y: -(y * torch.log(torch.sigmoid(z)) + (1 - y) * torch.log(1 - torch.sigmoid(z))),
                          "binary_cross_entropy_with_logits", options=GOLDEN)
    assert {f["output"] for f in wrong.value.report.failures} == {"value", "grad"}


def test_jax_has_its_gradient_by_vjp():
    jax = pytest.importorskip("jax", reason="NOT RUN: there is no JAX")
    report = lossproof.check(lambda x, y: (x - y) ** 2, "squared_error", framework="jax", dtype="float32", level="callable", options=QUICK)
    assert report.data["subject"]["environment"]["framework"] == "jax"
    assert ("f32", "grad") in report.levels
    assert jax.numpy.float32 is not None
