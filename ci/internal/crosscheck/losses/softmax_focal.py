from mpmath import mpf

from pieces import softmax, log_sum_exp


def loss(c):
    K, t, g = len(c.x), c.t, c.scalar("gamma")
    if K == 1:
        return [mpf(0)], [mpf(0)]
    p = softmax(c.x)
    q = sum(v for k, v in enumerate(p) if k != t)
    a = c.per_class("alpha", t)
    l = log_sum_exp(c.x) - c.x[t]
    # with d = dL/dp_t * p_t, dL/dz_k = d * ([k = t] - p_k)
    d = -a * (q**g + (g * q**g / q * p[t] * l if g else 0))
    return [a * q**g * l], [d * (q if k == t else -p[k]) for k in range(K)]
