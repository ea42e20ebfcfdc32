from mpmath import mpf, inf, log, nan

from pieces import Boxes, smooth_boxes


def loss(c):
    b = Boxes(c)
    share, transform = b.iou(), c.conventions["iou_transform"]
    if share is None or transform == "linear":
        return b.loss()
    s, ds = share
    if transform == "square":
        return [1 - s**2], [-2 * s * d for d in ds]
    floor = mpf(1e-6) if c.conventions["log_floor"] == "1e-6" else mpf(0)
    if s < floor:
        return [-log(floor)], [mpf(0)] * 4
    return ([-log(s)], [-d / s for d in ds]) if s else ([inf], [nan] * 4)


smooth = smooth_boxes
