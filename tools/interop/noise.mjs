// The uniform random numbers of next_row_with_noise, written from the words of the README. It needs no package.
//
// JavaScript's numbers are doubles, so a product of two 32-bit words is made of 16-bit halves.

/** The upper word of the product of two words. */
function upper(a, b) {
  const a0 = a & 0xffff, a1 = a >>> 16;
  const b0 = b & 0xffff, b1 = b >>> 16;
  const middle = a1 * b0 + ((a0 * b0) >>> 16);
  const other = a0 * b1 + (middle & 0xffff);
  return (a1 * b1 + (middle >>> 16) + (other >>> 16)) | 0;
}

/** Philox4x32-10: replaces the four words of a counter. */
function philox(counter, key0, key1) {
  let c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
  for (let round = 0; round < 10; round++) {
    const upper0 = upper(0xd2511f53, c0), lower0 = Math.imul(0xd2511f53, c0);
    const upper1 = upper(0xcd9e8d57, c2), lower1 = Math.imul(0xcd9e8d57, c2);
    c0 = upper1 ^ c1 ^ key0;
    c1 = lower1;
    c2 = upper0 ^ c3 ^ key1;
    c3 = lower0;
    key0 = (key0 + 0x9e3779b9) | 0;
    key1 = (key1 + 0xbb67ae85) | 0;
  }
  counter[0] = c0;
  counter[1] = c1;
  counter[2] = c2;
  counter[3] = c3;
}

/**
 * The numbers of one row of the first images of a request, as a Float32Array [images, width, channels, levels].
 *
 * shape is {width, channels, levels, block}; block is the number of columns of a block. seed is a BigInt of 64 bits.
 */
export function noise({ width, channels, levels, block }, seed, images, row) {
  const needed = block * channels * levels;
  const fours = Math.ceil(needed / 4);
  const blocks = width / block;
  const numbers = new Float32Array(images * width * channels * levels);
  const seed0 = Number(BigInt.asIntN(32, seed)), seed1 = Number(BigInt.asIntN(32, seed >> 32n));
  const words = new Int32Array(4);
  for (let b = 0; b < blocks; b++) {
    const first = Int32Array.of(seed0, seed1, row * blocks + b, 0);
    philox(first, 0x3ec8f720, 0x02461e29);
    for (let image = 0; image < images; image++) {
      let at = (image * blocks + b) * needed;
      const end = at + needed;
      for (let four = image * fours; at < end; four++) {
        words[0] = four; // an Int32Array takes numbers modulo 2^32
        words[1] = Math.floor(four / 2 ** 32);
        words[2] = first[2];
        words[3] = first[3];
        philox(words, first[0], first[1]);
        for (let i = 0; i < 4 && at < end; i++) {
          numbers[at++] = Math.max((words[i] & 0x7fffff) / 2 ** 23, 2 ** -126);
        }
      }
    }
  }
  return numbers;
}
