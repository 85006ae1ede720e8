/** LiteRT.js (npm's @litertjs/core): networks in WebAssembly, or in WebGPU where there is a device. */

import { getWebGpuDevice, loadAndCompile, loadLiteRt, Tensor } from "@litertjs/core";

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
