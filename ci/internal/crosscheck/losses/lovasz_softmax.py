from pieces import lovasz


def wrong(c):
    return [abs(t - p) for p, t in zip(c.x, c.y)]


def loss(c):
    return lovasz(wrong(c), c.y, None)


def smooth(c):
    return len(set(wrong(c))) == len(c.x) and all(0 < p < 1 for p in c.x)
