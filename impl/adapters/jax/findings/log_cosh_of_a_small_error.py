# finding: log_cosh.*/value
# optax.log_cosh of a small error has few right digits, and may be negative: of 0.001 in float32 it is wrong by 7 %, and of 0.01 in
# float16 it is -0.0005. It is computed as logaddexp(e, -e) - log(2), so that log(2) is subtracted from nearly log(2).
import math
import sys

import jax.numpy as jnp
import optax

got, want, mended = {}, {}, {}
for name, e in {"float32": jnp.float32(1e-3), "float16": jnp.float16(1e-2)}.items():
    got[name] = float(optax.log_cosh(e))
    want[name] = math.log1p(2 * math.sinh(float(e) / 2) ** 2)
    mended[name] = float(jnp.log1p(2 * jnp.sinh(e / 2) ** 2))
print("optax.log_cosh of the error 0.001 in float32 and 0.01 in float16")
print("got ", got)
print("want", want)
print("log1p(2·sinh(e/2)²), for small errors, is", mended)
sys.exit(1 if any(abs(got[name] - want[name]) > 1e-2 * want[name] for name in got) else 0)
