"""The pytest plugin, on a file of tests of its own."""
import subprocess
import sys

import pytest

TESTS = '''
import numpy as np
import lossproof

FAST = ["--checks", "3", "--live", "0"]

@lossproof.conformance("squared_error", dtype=["float64", "float32"], level="accurate", options=FAST)
def test_right(x, y):
    d = x - y
    return d * d, 2 * d

@lossproof.conformance("squared_error", options=FAST)
def test_half_a_gradient(x, y):
    d = x - y
    return d * d, d

@lossproof.conformance("squared_error", options=FAST)
def test_value_alone(x, y):
    return (x - y) ** 2

def test_of_another_kind():
    pass
'''


def run(folder, *options):
    (folder / "test_losses.py").write_text(TESTS)
    done = subprocess.run([sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rs", *options, "test_losses.py"], cwd=folder, capture_output=True, text=True)
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def output(tmp_path_factory):
    return run(tmp_path_factory.mktemp("plugin"), "-v")


@pytest.mark.parametrize("line", [
    "test_losses.py::test_right::squared_error.f64.value PASSED", "test_losses.py::test_right::squared_error.f32.grad PASSED",
    "test_losses.py::test_right::squared_error.f32.laws PASSED", "test_losses.py::test_half_a_gradient::squared_error.f32.value PASSED",
    "test_losses.py::test_half_a_gradient::squared_error.f32.grad FAILED", "test_losses.py::test_half_a_gradient::squared_error.f32.laws FAILED",
    "test_losses.py::test_value_alone::squared_error.f32.grad SKIPPED", "test_losses.py::test_of_another_kind PASSED",
])
def test_an_item_for_each_output_and_dtype(output, line):
    assert line in output


def test_a_report_is_short(output):
    assert "and " in output and "--lossproof-show=" in output and "Traceback" not in output
    assert len(output.splitlines()) < 120


def test_options(tmp_path):
    output = run(tmp_path, "--lossproof-level=exact", "--lossproof-show=1", "-k", "half")
    assert "at level exact" in output and "--lossproof-show=1 " not in output
