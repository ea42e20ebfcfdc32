from pieces import softmax, log_sum_exp


def loss(c):
    K = len(c.x)
    p, lse = softmax(c.x), log_sum_exp(c.x)
    w = [c.per_class("weight", k) * v for k, v in enumerate(c.distribution())]
    return [sum(w[k] * (lse - c.x[k]) for k in range(K))], [sum(w) * p[k] - w[k] for k in range(K)]
