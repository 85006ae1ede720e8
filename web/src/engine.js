/** The worker that computes, as promises. */

import script from "@litertjs/core/wasm/litert_wasm_compat_internal.js?url";
import wasm from "@litertjs/core/wasm/litert_wasm_compat_internal.wasm?url";

function absolute(path) {
  return new URL(path, document.baseURI).href;
}

export class Engine {
  constructor() {
    this.waiting = new Map();
    this.next = 0;
    this.worker = new Worker(new URL("./worker/worker.js", import.meta.url));
    this.worker.onmessage = ({ data }) => this.settle(data);
    this.worker.onerror = ({ message }) => this.fail(message || "The worker did not start.");
  }

  /** Promise {hasGpu} once the networks can run. @param side of the faces that the model takes. */
  open(side) {
    const [model, detector] = ["model/model.tflite", "model/detector.tflite"].map(absolute);
    return this.call("open", { script: absolute(script), wasm: absolute(wasm), model, detector, side });
  }

  /** Promise {width, height, whole, faces} of a Blob; see worker/recognizer.js. */
  photo(blob, whole) {
    return this.call("photo", { blob, whole });
  }

  /** Promise the same of an ImageBitmap, which is given away. */
  frame(bitmap, seconds) {
    return this.call("frame", { bitmap, seconds }, [bitmap]);
  }

  /** Forget the faces of a video. */
  restart() {
    return this.call("restart");
  }

  /** Run on "wasm" or "webgpu" from now on. */
  accelerator(name) {
    return this.call("accelerator", { name });
  }

  call(call, words = {}, transfer = []) {
    return new Promise((resolve, reject) => {
      const id = this.next++;
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, call, ...words }, transfer);
    });
  }

  settle({ id, result, error }) {
    const { resolve, reject } = this.waiting.get(id);
    this.waiting.delete(id);
    if (error === undefined) resolve(result);
    else reject(new Error(error));
  }

  fail(message) {
    for (const { reject } of this.waiting.values()) reject(new Error(message));
    this.waiting.clear();
  }
}
