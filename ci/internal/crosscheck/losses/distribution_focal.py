from mpmath import mpf

from pieces import log_sum_exp, softmax


def loss(c):
    K, y = len(c.x), c.y[0]
    if c.conventions["position_clamp"] == "0.01":
        y = min(y, max(mpf(0), mpf(float(K - 1 - 0.01))))
    w = [max(mpf(0), 1 - abs(y - k)) for k in range(K)]
    lse = log_sum_exp(c.x)
    return [sum(w[k] * (lse - c.x[k]) for k in range(K))], [p - v for p, v in zip(softmax(c.x), w)]
