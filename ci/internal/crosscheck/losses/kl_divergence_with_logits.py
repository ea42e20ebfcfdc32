from pieces import divergence, log_sum_exp, softmax


def loss(c):
    lse, mass = log_sum_exp(c.x), sum(c.y)
    return [divergence(c.y, [lse - v for v in c.x])], [mass * p - q for p, q in zip(softmax(c.x), c.y)]
