from pieces import divergence


def loss(c):
    return [divergence(c.y, [-v for v in c.x])], [-v for v in c.y]
