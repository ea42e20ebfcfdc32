# finding: iou.f16/*
# Ultralytics' bbox_iou is NaN in float16 for two boxes of an image of 640 pixels: their areas are beyond 65504, the largest float16. The true
# share is 0.5.
import math
import os
import sys
import tempfile

settings = tempfile.TemporaryDirectory()  # where it writes some when it is imported
os.environ.update(YOLO_CONFIG_DIR=settings.name, YOLO_VERBOSE="false")
import torch
from ultralytics.utils.metrics import bbox_iou

a, b = torch.tensor([[0.0, 0.0, 600.0, 600.0]]), torch.tensor([[0.0, 0.0, 600.0, 300.0]])
got = bbox_iou(a.half(), b.half(), xywh=False).item()
print("bbox_iou of boxes of 600 x 600 and 600 x 300 in float16")
print("got ", got)
print("want 0.5")
print("in float32 it is", bbox_iou(a, b, xywh=False).item())
sys.exit(1 if math.isnan(got) else 0)
