from mpmath import mpf

from pieces import Boxes, smooth_boxes


def loss(c):
    b, a = Boxes(c), c.scalar("power")
    share = b.iou()
    if share is None:
        return b.loss()

    def raised(term):
        x, slopes = term
        if x == 0:
            return x, [s if a == 1 else mpf(0) for s in slopes]
        return x**a, [a * x ** (a - 1) * s for s in slopes]

    penalty = c.conventions["iou_penalty"]
    terms = [raised(share)]
    if penalty == "giou":
        terms.append(raised(b.waste()))
    if penalty in ("diou", "ciou"):
        terms.append(raised(b.distance()))
    if penalty == "ciou":
        terms.append(raised(b.aspect(True)))
    sign = lambda i: -1 if i == 0 else 1
    return [1 + sum(sign(i) * t[0] for i, t in enumerate(terms))], [sum(sign(i) * t[1][k] for i, t in enumerate(terms)) for k in range(4)]


def smooth(c):
    return c.conventions["iou_penalty"] != "ciou" and smooth_boxes(c)
