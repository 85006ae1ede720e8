/** LiteRT.js (npm's @litertjs/core): networks in WebAssembly, or in WebGPU where there is a device. */

import { getWebGpuDevice, loadAndCompile, loadLiteRt, Tensor } from "@litertjs/core";
import { withInput } from "./flatbuffer.js";

/** Shapes of a network's input that memory is kept for: fer_keras/detection/blazeface.py. */
const SHAPES = 6;
/** Of the smallest pictures, for which it is opened at once. */
const SIDE = 128;

/** Load the runtime from the addresses of its script and its WebAssembly; promise whether there is a WebGPU device. */
export async function openRuntime(script, wasm) {
  const silent = () => {};
  self.Module = { locateFile: () => wasm, print: silent, printErr: silent };
  const { warn } = console;
  console.warn = silent; // LiteRT.js warns where there is no WebGPU, which is no fault
  await loadLiteRt(script).finally(() => (console.warn = warn));
  return Boolean(getWebGpuDevice());
}

/**
 * Promise {call, close} of the network in `bytes` on the "wasm" or "webgpu" accelerator; `call` takes a typed array and
 * promises the outputs, a typed array each. The GPU computes in float32, as the processor does.
 */
export async function openNetwork(bytes, accelerator) {
  const network = await loadAndCompile(bytes, { accelerator, gpuOptions: { precision: "fp32" } });
  const { shape } = network.getInputDetails()[0];
  const call = async (values) => {
    const input = new Tensor(values, [...shape]);
    const outputs = await network.run([input]);
    const results = await Promise.all(outputs.map(async (output) => (await output.data()).slice()));
    for (const tensor of [input, ...outputs]) tensor.delete();
    return results;
  };
  return { call, close: () => network.delete() };
}

/**
 * Promise {call, close} of the network in `bytes`, which takes pictures of any size: `call` takes float32
 * [height, width, 3] and [height, width]. LiteRT.js fixes shapes, so it is opened for each size, and kept for the last.
 */
export async function openShapes(bytes, accelerator) {
  const opened = new Map();
  const call = async (values, size) => {
    const key = size.join();
    const network = opened.get(key) ?? (await openNetwork(withInput(bytes, size), accelerator));
    opened.delete(key);
    opened.set(key, network);
    for (const [oldest] of [...opened].slice(0, -SHAPES)) {
      opened.get(oldest).close();
      opened.delete(oldest);
    }
    return network.call(values);
  };
  await call(new Float32Array(SIDE * SIDE * 3), [SIDE, SIDE]);
  return { call, close: () => opened.forEach((network) => network.close()) };
}
