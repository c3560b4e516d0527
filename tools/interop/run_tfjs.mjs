// Runs a model that tensorflowjs_converter made of a signature that takes images.
//
//   node run_tfjs.mjs FOLDER
//
// The folder holds model.json with its weights, and `images`, a byte for each level, [n, height, width, channels]. The program
// writes the only output of the signature to the file `outputs` there, as float32.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadGraphModel, registerOp } from '@tensorflow/tfjs-converter';
import { tensor } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';

// TensorFlow.js' own EnsureShape fails.
registerOp('EnsureShape', (node) => node.inputs[0]);

const [folder] = process.argv.slice(2);
const read = (name) => new Uint8Array(readFileSync(join(folder, name)));
const model = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8'));
const weights = model.weightsManifest.flatMap((group) => group.weights);
const files = model.weightsManifest.flatMap((group) => group.paths);
const weightData = Buffer.concat(files.map(read));

const graph = await loadGraphModel({
  load: async () => ({
    ...model,
    weightSpecs: weights,
    weightData: weightData.buffer.slice(weightData.byteOffset, weightData.byteOffset + weightData.length),
  }),
});
const levels = read('images');
const shape = graph.inputs[0].shape.slice(1);
const count = levels.length / shape.reduce((a, b) => a * b);
const output = await graph.executeAsync({ images: tensor(levels, [count, ...shape], 'int32') });
writeFileSync(join(folder, 'outputs'), await output.data());
