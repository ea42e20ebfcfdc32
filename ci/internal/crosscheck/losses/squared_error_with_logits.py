from pieces import sigmoid


def loss(c):
    z, y = c.x[0], c.y[0]
    d = sigmoid(z) - y
    return [c.half() * d * d], [2 * c.half() * d * sigmoid(z) * sigmoid(-z)]
