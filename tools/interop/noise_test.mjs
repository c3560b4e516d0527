// Compares noise.mjs with the README's test vectors. The exit status is 0 if all agree.
import { readFileSync } from "node:fs";
import { noise } from "./noise.mjs";

const VECTOR =
  /\| `(\d+)×(\d+)×(\d+), (\d+) levels, blocks of (\d+)` \| (-?\d+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| ([0-9.e-]+) \|/g;

const vectors = [...readFileSync(new URL("../../README.md", import.meta.url), "utf8").matchAll(VECTOR)];
let wrong = vectors.length < 6;
for (const vector of vectors) {
  const [, width, channels, levels, block, , image, row, column, channel, level] = vector.slice(1).map(Number);
  const numbers = noise({ width, channels, levels, block }, BigInt(vector[6]), image + 1, row);
  const found = numbers[((image * width + column) * channels + channel) * levels + level];
  if (found !== Math.fround(vector[12])) {
    wrong = true;
    console.log(`${vector[0]} ${found}`);
  }
}
console.log(`noise.mjs: ${vectors.length} test vectors`);
process.exit(wrong ? 1 : 0);
