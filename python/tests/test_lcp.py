"""Tests of lossproof.lcp, which need the standard library only: PYTHONPATH=src python3 -m unittest tests/test_lcp.py"""
import io
import json
import math
import os
import random
import struct
import subprocess
import sys
import unittest
from fractions import Fraction

from lossproof import lcp

HELLO = {"type": "hello", "protocol": "LCP/1"}


def bf16(bits):
    return struct.unpack(">f", struct.pack(">HH", bits, 0))[0]


def head(**more):
    return {"type": "eval", "loss": "squared_error", "dtype": "f32", "params": {}, "reduction": "none",
            "conventions": {"empty_mean": "nan"}, "cases": [], **more}


def case(ident="a/1", **given):
    return {"id": ident, "in": {"rows": 1, "cols": 1, "pred": ["3f800000"], **given}}


def talk(*messages, evaluate=lambda case: (case.pred, None), capabilities=(lcp.capability("squared_error", ["f64", "f32", "bf16", "f16"]),), **more):
    """What an adapter writes to these messages."""
    out = io.StringIO()
    lines = [json.dumps(m) + "\n" for m in messages]
    lcp.serve("a library", "1.0", list(capabilities), evaluate, lines=lines, out=out, **more)
    return [json.loads(line) for line in out.getvalue().splitlines()]


class Further(unittest.TestCase):
    def test_a_third_part_has_the_further_outputs(self):
        message = head(cases=[case(target=["00000000"])])
        answer, = talk(message, evaluate=lambda case: ([1.0], [2.0], {"targetGrad": [-2.0], "hess": [2.0]}))
        self.assertEqual({"type": "answer", "id": "a/1", "value": ["3f800000"], "grad": ["40000000"], "targetGrad": ["c0000000"], "hess": ["40000000"]}, answer)


class Numbers(unittest.TestCase):
    def test_every_half_number_comes_back(self):
        for dtype in ("f16", "bf16"):
            bits = [f"{n:04x}" for n in range(1 << 16)]
            for sent, number, back in zip(bits, lcp.decode(dtype, bits), lcp.encode(dtype, lcp.decode(dtype, bits))):
                if math.isnan(number):
                    self.assertTrue(math.isnan(lcp.decode(dtype, [back])[0]), sent)
                else:
                    self.assertEqual(sent, back)

    def test_special_numbers_of_the_wide_dtypes_come_back(self):
        for dtype, bits in {"f64": ["0000000000000001", "8000000000000000", "7fefffffffffffff", "fff0000000000000"],
                            "f32": ["00000001", "80000000", "7f7fffff", "ff800000"]}.items():
            self.assertEqual(bits, lcp.encode(dtype, lcp.decode(dtype, bits)))
            self.assertTrue(math.isnan(lcp.decode(dtype, lcp.encode(dtype, [math.nan]))[0]))

    def test_a_number_of_the_wrong_width_is_refused(self):
        for dtype, bits in {"f64": "3f800000", "f32": "3f80", "bf16": "3f800000", "f16": ""}.items():
            with self.assertRaisesRegex(ValueError, dtype):
                lcp.decode(dtype, [bits])
        with self.assertRaises(ValueError):
            lcp.decode("f32", ["3f8", "00000"])  # right in sum only

    def test_what_rounds_beyond_the_largest_number_is_an_infinity(self):
        for dtype, largest, beyond in [("f32", "7f7fffff", float.fromhex("0x1.ffffffp127")), ("f16", "7bff", 65520.0),
                                       ("bf16", "7f7f", float.fromhex("0x1.ffp127"))]:
            infinity = lcp.encode(dtype, [math.inf])[0]
            below = math.nextafter(beyond, 0)
            self.assertEqual([largest, infinity], lcp.encode(dtype, [below, beyond]))
            self.assertEqual(lcp.encode(dtype, [-math.inf]), lcp.encode(dtype, [-beyond]))
            self.assertEqual(infinity, lcp.encode(dtype, [1.0, 1e300])[1])

    def test_bf16_is_rounded_once_to_nearest_even(self):
        """Held to exact arithmetic: no bfloat16 is nearer, and of two as near the even one is taken."""
        draw = random.Random(1)
        halfway = [(bf16(n) + bf16(n + 1)) / 2 for n in [0, 1, 0x7e, 0x7f, 0x80, 0x3f80, 0x3f81, 0x7f7d]]
        near = [x for h in halfway for x in (h, math.nextafter(h, 0), math.nextafter(h, math.inf))]
        drawn = [bf16(draw.randrange(1, 0x7f7f)) * (1 + draw.uniform(-1, 1) * 2.0**-draw.randrange(6, 52)) for _ in range(5000)]
        for x in near + drawn:
            for signed in (x, -x):
                bits = int(lcp.encode("bf16", [signed])[0], 16)
                self.assertEqual(math.copysign(1, signed) < 0, bits >= 0x8000, signed)
                error = abs(Fraction(bf16(bits & 0x7fff)) - Fraction(x))
                for other in ((bits & 0x7fff) - 1, (bits & 0x7fff) + 1):
                    if not 0 <= other < 0x7f80:
                        continue
                    distance = abs(Fraction(bf16(other)) - Fraction(x))
                    self.assertTrue(error < distance or error == distance and bits % 2 == 0, (signed, hex(bits)))

    def test_bf16_is_not_rounded_by_way_of_float32(self):
        x = 1 + 2.0**-8 + 2.0**-40  # above the middle; in float32 it is the middle, and goes to even
        self.assertEqual(["3f81"], lcp.encode("bf16", [x]))

    def test_rounding_keeps_the_sign_of_zero(self):
        self.assertEqual(["8000", "8000", "0000"], lcp.encode("bf16", [-0.0, -1e-300, 1e-300]))


class Conversation(unittest.TestCase):
    def test_hello_says_what_the_adapter_is(self):
        [answer] = talk(HELLO, environment={"device": "cpu"})
        self.assertEqual(("hello", "LCP/1", "a library", "1.0"), tuple(answer[k] for k in ("type", "protocol", "name", "version")))
        self.assertEqual("cpu", answer["environment"]["device"])
        self.assertIn("Python", answer["environment"]["language"])
        self.assertEqual("squared_error", answer["capabilities"][0]["loss"])

    def test_echo_decodes_carries_and_encodes(self):
        echo = {"type": "echo", "dtype": "f32", "bits": ["80000000", "3f800000"]}
        self.assertEqual([echo], talk(echo))
        doubled = talk(echo, carry=lambda dtype, numbers: [2 * x for x in numbers])
        self.assertEqual(["80000000", "40000000"], doubled[0]["bits"])

    def test_an_echo_of_a_dtype_that_is_not_declared_has_no_answer(self):
        self.assertEqual([], talk({"type": "echo", "dtype": "f16", "bits": ["3c00"]}, capabilities=[lcp.capability("sigmoid", ["f32"])]))

    def test_a_case_has_its_numbers_as_floats(self):
        seen = []
        talk(head(params={"gamma": ["40000000"], "ignore_index": -1, "alpha": None, "weight": ["3f800000", "40000000"]}, reduction="mean/counted",
                  cases=[case(cols=2, pred=["3f800000", "bf800000"], label=[1], weight=["3f000000"], upstream=["80000000", "3f800000"])]),
             evaluate=lambda c: seen.append(c) or ([0.0], None))
        [c] = seen
        self.assertEqual((1, 2), c.shape)
        self.assertEqual(([1.0, -1.0], [1], [0.5], None), (c.pred, c.label, c.weight, c.target))
        self.assertEqual((2.0, -1, None, [1.0, 2.0]), (c.scalar("gamma"), c.scalar("ignore_index"), c.scalar("alpha"), c.params["weight"]))
        self.assertEqual(([1.0, 2.0], [2.0, 2.0], None), (c.per_class("weight"), c.per_class("gamma"), c.per_class("alpha")))
        self.assertEqual(-1, math.copysign(1, c.upstream[0]))
        self.assertTrue(c.is_mean)

    def test_each_case_is_answered_and_what_it_raises_is_its_own(self):
        def evaluate(c):
            x = c.pred[0]
            if x == 2:
                raise lcp.Unsupported("no two")
            if x == 3:
                raise lcp.Refused("label", "label 3 of 2 classes")
            if x == 4:
                raise RuntimeError("of the library")
            return [x], [-x]

        bits = lcp.encode("f32", [1.0, 2.0, 3.0, 4.0, 5.0])
        got = talk(head(cases=[case(f"a/{i}", pred=[b]) for i, b in enumerate(bits)]), evaluate=evaluate)
        self.assertEqual([f"a/{i}" for i in range(5)], [a["id"] for a in got])
        self.assertEqual((["3f800000"], ["bf800000"]), (got[0]["value"], got[0]["grad"]))
        self.assertEqual("no two", got[1]["unsupported"])
        self.assertEqual({"class": "label", "message": "label 3 of 2 classes"}, got[2]["error"])
        self.assertEqual({"message": "RuntimeError: of the library"}, got[3]["error"])
        self.assertEqual(["40a00000"], got[4]["value"])

    def test_rows_that_are_no_distributions_are_skipped(self):
        def evaluate(c):
            lcp.need_distributions(c)
            return [0.0], None

        for dtype, targets, skipped in [("f32", [0.1, 0.2, 0.7], False), ("f32", [0.1, 0.2, 0.8], True), ("f32", [1.0, 0.0, 1e-5], True),
                                        ("bf16", [0.1, 0.2, 0.7], False), ("f64", [0.1, 0.2, 0.7], False), ("f64", [0.1, 0.2, 0.7 + 1e-9], True),
                                        ("f32", [0.5, math.nan, 0.5], True), ("f16", [0.3, 0.3, 0.4], False)]:
            bits = lcp.encode(dtype, targets)
            [answer] = talk(head(dtype=dtype, cases=[case(cols=3, pred=bits, target=bits)]), evaluate=evaluate)
            self.assertEqual(skipped, "unsupported" in answer, (dtype, targets, answer))

    def test_without_a_gradient_none_is_sent(self):
        [answer] = talk(head(cases=[case()]))
        self.assertNotIn("grad", answer)

    def test_bits_that_cannot_be_read_are_an_error_of_their_case(self):
        got = talk(head(cases=[case("a/1", pred=["3f80"]), case("a/2")]))
        self.assertIn("3f80", got[0]["error"]["message"])
        self.assertIn("value", got[1])

    def test_what_is_not_declared_is_not_computed(self):
        got = talk(head(loss="sigmoid", cases=[case()]), head(cases=[case()]), capabilities=[lcp.capability("squared_error", ["f32"])])
        self.assertEqual("no sigmoid in f32", got[0]["unsupported"])
        self.assertIn("value", got[1])

    def test_nothing_is_answered_after_stop(self):
        self.assertEqual([], talk({"type": "stop"}, HELLO))

    def test_a_class_of_errors_that_the_protocol_lacks_is_a_mistake(self):
        with self.assertRaises(ValueError):
            lcp.Refused("bad", "")

    def test_what_a_library_prints_goes_to_standard_error(self):
        program = """if True:
            import os, sys
            sys.path.insert(0, sys.argv[1])
            from lossproof import lcp
            lcp.take_stdout()
            print("from Python")
            os.system("echo from a child")
            os.write(1, b"from C\\n")
            lcp.serve("a library", "1.0", [lcp.capability("sigmoid")], lambda case: ([1.0], None))
        """
        ran = subprocess.run([sys.executable, "-c", program, os.path.dirname(os.path.dirname(lcp.__file__))], input=json.dumps(HELLO) + "\n",
                             capture_output=True, text=True, check=True)
        [line] = ran.stdout.splitlines()
        self.assertEqual("hello", json.loads(line)["type"])
        for text in ("from Python", "from a child", "from C"):
            self.assertIn(text, ran.stderr)


if __name__ == "__main__":
    unittest.main()
