/** The worker: messages {id, call, ...} in, {id, result} or {id, error} out, one after the other. */

import { Recognizer } from "./recognizer.js";
import { openRuntime } from "./runtime.js";

let recognizer;

const CALLS = {
  async open({ script, wasm, model, detector, side }) {
    const [hasGpu, ...files] = await Promise.all([openRuntime(script, wasm), bytes(model), bytes(detector)]);
    recognizer = new Recognizer({ model: files[0], detector: files[1], side });
    await recognizer.open("wasm");
    return { hasGpu };
  },
  accelerator: ({ name }) => recognizer.open(name),
  restart: () => recognizer.restart(),
  photo: ({ blob, whole }) => recognizer.photo(blob, whole),
  frame: ({ bitmap, seconds }) => recognizer.frame(bitmap, seconds),
};

let turn = Promise.resolve();

self.onmessage = ({ data }) => {
  turn = turn.then(() => answer(data));
};

async function answer({ id, call, ...words }) {
  try {
    self.postMessage({ id, result: await CALLS[call](words) });
  } catch (error) {
    self.postMessage({ id, error: error instanceof Error ? error.message : String(error) });
  }
}

async function bytes(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`Expected a file at ${url}. Received: ${response.status} ${response.statusText}.`);
  return new Uint8Array(await response.arrayBuffer());
}
