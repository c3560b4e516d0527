#!/usr/bin/env node
// Samples images with ONNX Runtime, row by row, with cached state. It needs the package onnxruntime-node.
//
//   sample_onnx.mjs FOLDER [--count N] [--seed S] [--temperature T] [--levels FILE --known FILE] [--png FILE] [--raw FILE]
//
// The folder holds start.onnx, next_row_with_noise.onnx and pixelrnn.textproto. The README says how they are made. The
// images are those that every other program samples from the model with the same seed. --levels and --known hold images to
// complete: a byte for each level, [n, height, width, channels], and a byte 0 or 1 for each pixel, [n, height, width]. --png
// writes the images below one another, --raw the levels.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { deflateSync } from "node:zlib";
import ort from "onnxruntime-node";
import { noise } from "./noise.mjs";

function existing(file) {
  if (!existsSync(file)) throw new Error(`${file}: no such file`);
  return file;
}

/** Loads the two graphs, and says what the images look like. */
async function load(folder) {
  const files = ["pixelrnn.textproto", "start.onnx", "next_row_with_noise.onnx"].map((name) => existing(join(folder, name)));
  const provenance = readFileSync(files[0], "utf8");
  const [start, nextRow] = await Promise.all(files.slice(1).map((file) => ort.InferenceSession.create(file)));
  if (start.inputNames.join() !== "count") {
    throw new Error(`${folder}: it samples small images first; expected a model of one scale`);
  }
  const block = /^noise_block_columns: (\d+)$/m.exec(provenance);
  if (!block) throw new Error(`${files[0]}: no noise_block_columns; expected a newer export`);
  const [, width, channels, levels] = nextRow.inputMetadata.find((input) => input.name === "noise:0").shape;
  const height = /^  height: (\d+)$/m.exec(provenance);
  if (!height) throw new Error(`${files[0]}: no height; expected the provenance of an export`);
  return { start, nextRow, height: Number(height[1]), width, channels, levels, block: Number(block[1]) };
}

/** Samples the pixels of n images that are not known. Returns the levels, [n, height, width, channels]. */
async function sample(model, n, levels, known, seed, temperature) {
  const { height, width, channels } = model;
  const sampled = new Uint8Array(n * height * width * channels);
  let state = await outputs(model.start, { count: new ort.Tensor("int32", [n], []) });
  for (let row = 0; row < height; row++) {
    const { values, ...next } = await outputs(model.nextRow, {
      "rows:0": new ort.Tensor("int32", new Int32Array(n).fill(row), [n]),
      "known_values:0": new ort.Tensor("uint8", rowOf(levels, n, height, row), [n, width, channels]),
      "row_known:0": new ort.Tensor("bool", rowOf(known, n, height, row), [n, width]),
      "noise:0": new ort.Tensor("float32", noise(model, seed, n, row), [n, width, channels, model.levels]),
      "temperatures:0": new ort.Tensor("float32", new Float32Array(n).fill(temperature), [n]),
      ...Object.fromEntries(Object.entries(state).map(([name, tensor]) => [`${name}:0`, tensor])),
    });
    const size = width * channels;
    for (let image = 0; image < n; image++) {
      sampled.set(values.data.subarray(image * size, (image + 1) * size), (image * height + row) * size);
    }
    state = next;
  }
  return sampled;
}

/**
 * Runs a graph. Returns its outputs by the names that they have in the signature.
 *
 * The names in next_row_with_noise.onnx are those of the graph, where `next_state_x:0` follows `state_x:0`. A graph has no
 * input that it does not use: the row is used by multi-scale models alone.
 */
async function outputs(session, inputs) {
  const used = Object.fromEntries(session.inputNames.map((name) => [name, inputs[name]]));
  const found = Object.entries(await session.run(used));
  return Object.fromEntries(found.map(([name, tensor]) => [name.replace(/^next_|:0$/g, ""), tensor]));
}

/** One row of each image. */
function rowOf(images, n, height, row) {
  const size = images.length / n / height;
  const rows = new Uint8Array(n * size);
  for (let image = 0; image < n; image++) {
    const from = (image * height + row) * size;
    rows.set(images.subarray(from, from + size), image * size);
  }
  return rows;
}

/** Reads bytes 0 ... limit - 1 of images that follow one another. */
function read(file, size, limit, what) {
  const numbers = new Uint8Array(readFileSync(existing(file)));
  if (numbers.length === 0 || numbers.length % size) {
    throw new Error(`${file}: ${numbers.length} bytes; expected a multiple of ${size}`);
  }
  const largest = numbers.reduce((a, b) => Math.max(a, b));
  if (largest >= limit) throw new Error(`${file}: ${what} ${largest}; expected 0 to ${limit - 1}`);
  return numbers;
}

/** The checksum of a part of a PNG. */
function crc32(bytes) {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** A PNG of [height, width, channels], with 1 channel or 3. */
function png(pixels, height, width, channels) {
  const chunk = (kind, data) => {
    const all = Buffer.alloc(12 + data.length);
    all.writeUInt32BE(data.length);
    all.write(kind, 4, "latin1");
    all.set(data, 8);
    all.writeUInt32BE(crc32(all.subarray(4, -4)), 8 + data.length);
    return all;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header.set([8, channels === 1 ? 0 : 2], 8);
  const line = width * channels;
  const lines = Buffer.alloc(height * (line + 1)); // filter 0 before each line
  for (let y = 0; y < height; y++) lines.set(pixels.subarray(y * line, (y + 1) * line), y * (line + 1) + 1);
  const signature = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", deflateSync(lines)), chunk("IEND", Buffer.alloc(0))]);
}

/** A flag that is a number of a range. */
function number(flag, text, pattern, expected, fits) {
  if (!pattern.test(text) || !fits(text)) throw new Error(`--${flag}: ${text} is not ${expected}`);
  return text;
}

function flags() {
  const options = { count: "1", seed: "1", temperature: "1", levels: "", known: "", png: "", raw: "" };
  // A value may begin with a minus sign, which Node takes for the name of another flag.
  const args = process.argv.slice(2);
  for (let i = 0; i + 1 < args.length; i++) {
    if (/^--\w+$/.test(args[i])) args.splice(i, 2, `${args[i]}=${args[i + 1]}`);
  }
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: Object.fromEntries(Object.entries(options).map(([name, value]) => [name, { type: "string", default: value }])),
  });
  if (positionals.length !== 1) throw new Error("expected one folder");
  const whole = /^[+-]?\d+$/;
  number("count", values.count, whole, "a whole number of at least 1", (n) => n >= 1 && n < 2 ** 31);
  number("seed", values.seed, whole, "a whole number of 64 bits", (s) => BigInt.asIntN(64, BigInt(s)) === BigInt(s));
  number("temperature", values.temperature, /\S/, "a finite number of at least 0", (t) => t >= 0 && Number.isFinite(+t));
  if (!values.levels !== !values.known) throw new Error("--levels and --known belong together");
  return { folder: positionals[0], ...values };
}

async function run() {
  const given = flags();
  const model = await load(given.folder);
  const pixels = model.height * model.width;
  let n = Number(given.count);
  let levels = new Uint8Array(n * pixels * model.channels), known = new Uint8Array(n * pixels);
  if (given.levels) {
    levels = read(given.levels, pixels * model.channels, model.levels, "level");
    known = read(given.known, pixels, 2, "byte");
    n = levels.length / pixels / model.channels;
    if (known.length !== n * pixels) throw new Error(`${given.known}: masks of ${known.length / pixels} images; expected ${n}`);
  }
  const sampled = await sample(model, n, levels, known, BigInt(given.seed), Number(given.temperature));
  if (given.raw) writeFileSync(given.raw, sampled);
  if (given.png) {
    const shown = sampled.map((level) => Math.ceil((255 * level) / (model.levels - 1))); // as Java does
    writeFileSync(given.png, png(shown, n * model.height, model.width, model.channels));
  }
  console.log(`${n} images, SHA-256 of their levels ${createHash("sha256").update(sampled).digest("hex")}`);
}

try {
  await run();
} catch (e) {
  console.error(`sample_onnx.mjs: ${e.message.split("\n")[0]}`);
  process.exit(2);
}
