"""Compares noise.py with the README's test vectors. The exit status is 0 if all agree."""

import pathlib
import re
import sys

import numpy as np

from noise import noise

VECTOR = re.compile(
    r"\| `(\d+)×(\d+)×(\d+), (\d+) levels, blocks of (\d+)` \| (-?\d+)"
    r" \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| ([0-9.e-]+) \|"
)

readme = pathlib.Path(__file__).resolve().parents[2] / "README.md"
vectors = VECTOR.findall(readme.read_text(encoding="utf-8"))
wrong = len(vectors) < 6
for *numbers, u in vectors:
    *shape, block, seed, image, row, column, channel, level = map(int, numbers)
    found = noise(shape, block, seed, image + 1, row)[image, column, channel, level]
    if found != np.float32(u):
        wrong = True
        print(f"{numbers}: {found}, expected {u}")
print(f"noise.py: {len(vectors)} test vectors")
sys.exit(wrong)
