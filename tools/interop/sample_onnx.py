#!/usr/bin/env python3
"""Samples images with ONNX Runtime, row by row, with cached state. It needs onnxruntime and numpy, and no TensorFlow.

The folder holds start.onnx, next_row_with_noise.onnx and pixelrnn.textproto. The README says how they are made. The
images are those that every other program samples from the model with the same seed.
"""

import argparse
import hashlib
import math
import pathlib
import re
import struct
import sys
import zlib

import numpy as np
import onnxruntime

from noise import block_columns, noise


class Model:
    """A model in memory: the two graphs, and what the images look like."""

    def __init__(self, folder):
        folder = pathlib.Path(folder)
        provenance = existing(folder / "pixelrnn.textproto")
        self.start, self.next_row = (
            loaded(existing(folder / name)) for name in ("start.onnx", "next_row_with_noise.onnx")
        )
        if [node.name for node in self.start.get_inputs()] != ["count"]:
            raise ValueError(f"{folder}: it samples small images first; expected a model of one scale")
        noise_shape = next(n.shape for n in self.next_row.get_inputs() if n.name == "noise:0")
        height = re.search(r"^  height: (\d+)$", provenance.read_text(encoding="utf-8"), re.MULTILINE)
        if not height:
            raise ValueError(f"{provenance}: no height; expected the provenance of an export")
        self.shape = (int(height[1]), *noise_shape[1:])  # height, width, channels, levels
        self.block = block_columns(provenance)

    def sample(self, images, known, seed, temperature):
        """Samples the pixels of images that are not known."""
        n = len(images)
        state = outputs(self.start, {"count": np.array(n, np.int32)})
        sampled = np.zeros_like(images)
        for row in range(self.shape[0]):
            inputs = {
                "rows:0": np.full(n, row, np.int32),
                "known_values:0": images[:, row],
                "row_known:0": known[:, row],
                "noise:0": noise(self.shape, self.block, seed, n, row),
                "temperatures:0": np.full(n, temperature, np.float32),
                **{f"{name}:0": tensor for name, tensor in state.items()},
            }
            state = outputs(self.next_row, inputs)
            sampled[:, row] = state.pop("values")
        return sampled


def outputs(session, inputs):
    """Runs a graph. Returns its outputs by the names that they have in the signature.

    The names in next_row_with_noise.onnx are those of the graph, where `next_state_x:0` follows `state_x:0`. A graph has
    no input that it does not use: the row is used by multi-scale models alone.
    """
    used = {node.name: inputs[node.name] for node in session.get_inputs()}
    names = [node.name.removeprefix("next_").removesuffix(":0") for node in session.get_outputs()]
    return dict(zip(names, session.run(None, used)))


def loaded(file):
    try:
        return onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    except Exception as e:  # ONNX Runtime's exceptions have no type in common
        raise ValueError(f"{file}: no graph that can be loaded ({str(e).splitlines()[0]})") from e


def existing(file):
    if not file.is_file():
        raise ValueError(f"{file}: no such file")
    return file


def read(file, shape, limit, what):
    """Reads bytes 0 ... limit - 1 of images that follow one another."""
    numbers = np.fromfile(existing(pathlib.Path(file)), np.uint8)
    if numbers.size == 0 or numbers.size % math.prod(shape):
        raise ValueError(f"{file}: {numbers.size} bytes; expected a multiple of {math.prod(shape)}")
    if numbers.max() >= limit:
        raise ValueError(f"{file}: {what} {numbers.max()}; expected 0 to {limit - 1}")
    return numbers.reshape(-1, *shape)


def png(pixels):
    """A PNG of uint8 [height, width, channels], with 1 channel or 3."""

    def chunk(kind, data):
        checked = kind + data
        return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))

    height, width, channels = pixels.shape
    header = struct.pack(">IIBBBBB", width, height, 8, 0 if channels == 1 else 2, 0, 0, 0)
    lines = np.pad(pixels.reshape(height, -1), ((0, 0), (1, 0)))  # filter 0 before each line
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        chunk(kind, data)
        for kind, data in ((b"IHDR", header), (b"IDAT", zlib.compress(lines.tobytes())), (b"IEND", b""))
    )


def number(kind, expected, fits):
    """An argument that is a number of a range."""

    def parse(text):
        try:
            value = kind(text)
            if fits(value):
                return value
        except ValueError:
            pass
        raise argparse.ArgumentTypeError(f"{text} is not {expected}")

    return parse


class Arguments(argparse.ArgumentParser):
    def error(self, message):
        self.exit(2, f"{self.prog}: {message}\n")


def arguments():
    parser = Arguments(description=__doc__.split("\n\n")[0])
    parser.add_argument("folder")
    count = number(int, "a whole number of at least 1", lambda n: n >= 1)
    seed = number(int, "a whole number of 64 bits", lambda n: -(2**63) <= n < 2**63)
    temperature = number(
        float, "a finite number of at least 0", lambda t: t >= 0 and math.isfinite(t)
    )
    parser.add_argument("--count", type=count, default=1, help="the number of images")
    parser.add_argument("--seed", type=seed, default=1)
    parser.add_argument("--temperature", type=temperature, default=1.0)
    parser.add_argument("--levels", help="images to complete: a byte for each level, [n, height, width, channels]")
    parser.add_argument("--known", help="their known pixels: a byte 0 or 1 for each, [n, height, width]")
    parser.add_argument("--png", help="writes the images below one another")
    parser.add_argument("--raw", help="writes the levels, [n, height, width, channels]")
    given = parser.parse_args()
    if bool(given.levels) != bool(given.known):
        parser.error("--levels and --known belong together")
    return parser, given


def run(given):
    model = Model(given.folder)
    *shape, levels = model.shape
    if given.levels:
        images = read(given.levels, shape, levels, "level")
        known = read(given.known, shape[:2], 2, "byte").astype(bool)
        if len(known) != len(images):
            raise ValueError(f"{given.known}: masks of {len(known)} images; expected {len(images)}")
    else:
        images = np.zeros((given.count, *shape), np.uint8)
        known = np.zeros(images.shape[:3], bool)
    sampled = model.sample(images, known, given.seed, given.temperature)
    if given.raw:
        sampled.tofile(given.raw)
    if given.png:
        shown = -(sampled.astype(np.int32) * -255 // (levels - 1))  # rounded up, as Java does
        strip = shown.astype(np.uint8).reshape(-1, *shape[1:])
        pathlib.Path(given.png).write_bytes(png(strip))
    print(f"{len(sampled)} images, SHA-256 of their levels {hashlib.sha256(sampled).hexdigest()}")


if __name__ == "__main__":
    parser, given = arguments()
    try:
        run(given)
    except (ValueError, OSError) as e:
        parser.error(e)
