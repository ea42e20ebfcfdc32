# finding: distribution_focal.*/*
# Ultralytics' DFLoss clamps the targets in place: the tensor that the caller gave has other numbers afterwards.
import os
import sys
import tempfile

settings = tempfile.TemporaryDirectory()  # where it writes some when it is imported
os.environ.update(YOLO_CONFIG_DIR=settings.name, YOLO_VERBOSE="false")
import torch
from ultralytics.utils.loss import DFLoss

target = torch.tensor([[3.0]])
DFLoss(4)(torch.zeros(1, 4), target)
print("a target of 3.0 after DFLoss(4)(torch.zeros(1, 4), target)")
print("got ", target.item())
print("want 3.0")
sys.exit(1 if target.item() != 3.0 else 0)
