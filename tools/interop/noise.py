"""The uniform random numbers of next_row_with_noise, written from the words of the README. It needs numpy alone.

Philox is a counter, so the numbers of any row of any image are computed on their own.
"""

import pathlib
import re

import numpy as np


def block_columns(provenance):
    """Reads how many columns a block of random numbers has, from an export's pixelrnn.textproto."""
    text = pathlib.Path(provenance).read_text(encoding="utf-8")
    found = re.search(r"^noise_block_columns: (\d+)$", text, re.MULTILINE)
    if not found:
        raise ValueError(f"{provenance}: no noise_block_columns; expected a newer export")
    return int(found[1])


def philox(key, counter):
    """Philox4x32-10. The words are uint64 arrays of values below 2^32 that can be broadcast."""
    low = np.uint64(0xFFFFFFFF)
    half = np.uint64(32)
    key0, key1 = key
    c0, c1, c2, c3 = counter
    for _ in range(10):
        product0 = c0 * np.uint64(0xD2511F53)
        product1 = c2 * np.uint64(0xCD9E8D57)
        c0, c1, c2, c3 = (
            (product1 >> half) ^ c1 ^ key0,
            product1 & low,
            (product0 >> half) ^ c3 ^ key1,
            product0 & low,
        )
        key0 = (key0 + np.uint64(0x9E3779B9)) & low
        key1 = (key1 + np.uint64(0xBB67AE85)) & low
    return c0, c1, c2, c3


def words(number):
    """The lower and the upper half of a 64-bit number."""
    number = int(number) % 2**64
    return np.uint64(number % 2**32), np.uint64(number // 2**32)


def noise(shape, block, seed, images, row):
    """The numbers of one row of the first images of a request.

    shape is (height, width, channels, levels). Returns float32 [images, width, channels, levels].
    """
    _, width, channels, levels = shape
    needed = block * channels * levels
    fours = -(-needed // 4)
    four = np.arange(images * fours, dtype=np.uint64)
    halves = four & np.uint64(0xFFFFFFFF), four >> np.uint64(32)
    blocks = []
    for b in range(width // block):
        m = philox(
            (np.uint64(0x3EC8F720), np.uint64(0x02461E29)),
            (*words(seed), *words(row * (width // block) + b)),
        )
        x = np.stack(philox(m[:2], (*halves, m[2], m[3])), axis=-1).reshape(images, 4 * fours)
        u = (x[:, :needed] & np.uint64(0x7FFFFF)).astype(np.float32) / np.float32(2**23)
        blocks.append(np.maximum(u, np.float32(2.0**-126)).reshape(images, block, channels, levels))
    return np.concatenate(blocks, axis=1)
