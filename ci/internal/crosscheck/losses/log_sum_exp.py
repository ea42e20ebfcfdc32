from pieces import softmax, log_sum_exp


def loss(c):
    return [log_sum_exp(c.x)], softmax(c.x)
