from pieces import Boxes, smooth_boxes


def loss(c):
    b = Boxes(c)
    sides = []
    for t in (0, 1):
        if b.c[t]:
            r = (b.w[t] - b.v[t]) / b.c[t]
            sides.append((r**2, [2 * r * (b.dw[k] - r * b.dc[k]) / b.c[t] if k % 2 == t else 0 for k in range(4)]))
    return b.loss(b.distance(), *sides)


smooth = smooth_boxes
