from pieces import apart, tversky


def loss(c):
    return tversky(c, c.scalar("alpha"), c.scalar("beta"))


def smooth(c):
    return apart(c.x, c.y)
