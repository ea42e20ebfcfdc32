from pieces import sigmoid, softplus


def loss(c):
    z, w, eps = c.x[0], c.scalar("pos_weight"), c.scalar("label_smoothing")
    y = c.y[0] * (1 - eps) + eps / 2
    return [w * y * softplus(-z) + (1 - y) * softplus(z)], [(1 - y) * sigmoid(z) - w * y * sigmoid(-z)]
