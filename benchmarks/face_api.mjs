/**
 * The package @vladmandic/face-api, as its users call it in Node.js; it answers lines on standard input.
 *
 *     node benchmarks/face_api.mjs FOLDER FACES      answers each line "COUNT TIMES", see benchmarks/peers.py
 *
 * FOLDER is where npm has installed it with TensorFlow.js and its WebAssembly backend; FACES a file of the bytes of
 * uint8 [N, 48, 48]. Several faces are given to `predictExpressions` as one batch.
 */
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import readline from "node:readline";

const SIDE = 48;
const [folder, file] = process.argv.slice(2);
const require = createRequire(path.join(path.resolve(folder), "index.js"));
const tf = require("@tensorflow/tfjs");
require("@tensorflow/tfjs-backend-wasm");
const faceapi = require("@vladmandic/face-api/dist/face-api.node-wasm.js");

if (!(await tf.setBackend("wasm"))) throw new Error("TensorFlow.js has not started its WebAssembly backend");
await tf.ready();
const net = faceapi.nets.faceExpressionNet;
await net.loadFromDisk(path.join(path.dirname(require.resolve("@vladmandic/face-api/package.json")), "model"));
const faces = inColour(fs.readFileSync(file));

for await (const line of readline.createInterface({ input: process.stdin })) {
  const [count, times] = line.split(" ").map(Number);
  let answers = 0;
  for (let time = 0; time < times; time += 1) answers += await classify(faces.slice(0, count));
  console.log(answers);
}

/** Returns the faces of grey `bytes`, each an Int32Array of RGB pixels. */
function inColour(bytes) {
  const grey = (face, place) => bytes[face * SIDE * SIDE + Math.floor(place / 3)];
  const face = (number) => Int32Array.from({ length: SIDE * SIDE * 3 }, (_, place) => grey(number, place));
  return Array.from({ length: bytes.length / (SIDE * SIDE) }, (_, number) => face(number));
}

/** Returns how many of the faces were given probabilities. */
async function classify(pixels) {
  const tensors = pixels.map((face) => tf.tensor3d(face, [SIDE, SIDE, 3], "int32"));
  const found = await net.predictExpressions(tensors);
  tf.dispose(tensors);
  return found.filter((expressions) => expressions.happy >= 0).length;
}
