/** What the model says of each face of a photo, or of the frames of a video. */

import { faceOf } from "./crop.js";
import { Detector } from "./detector.js";
import { fixBatch } from "./flatbuffer.js";
import { round } from "./numbers.js";
import { readFrame, readPhoto } from "./photo.js";
import { openNetwork, openShapes } from "./runtime.js";
import { Search } from "./search.js";
import { smoothed, Tracker } from "./tracking.js";

/** As in fer_keras/inference/faces.py: photos that are one face, and photos in which no face is looked for. */
const SMALL = 100;
const [LEAST_SIDE, MOST_ELONGATED] = [16, 32];
/** The most by which a network may differ between processor and GPU. */
const TOLERANCE = 0.002;

export class Recognizer {
  /** @param files {model, detector: Uint8Array of the .tflite files, side: of the faces that the model takes} */
  constructor(files) {
    fixBatch(files.model);
    this.files = files;
    this.restart();
  }

  /** Open the networks on "wasm" or "webgpu". Rejects where the GPU computes something else than the processor. */
  async open(accelerator) {
    const { detector, model } = this.files;
    const opened = [await openShapes(detector, accelerator), await openNetwork(model, accelerator)];
    const previous = this.opened;
    if (previous) await this.compare(previous[1], opened[1]);
    this.opened = opened;
    this.detector = new Detector(opened[0].call);
    this.restart();
    previous?.forEach((network) => network.close());
  }

  async compare(before, after) {
    const face = Uint8Array.from({ length: this.files.side ** 2 }, (_, at) => (at * 7) % 256);
    const [[one], [other]] = [await before.call(face), await after.call(face)];
    const most = Math.max(...one.map((value, at) => Math.abs(value - other[at])));
    if (most <= TOLERANCE) return;
    throw new Error(`Expected equal probabilities on both processors. Received: a difference of ${most.toFixed(3)}.`);
  }

  /** Forget the faces of a video. */
  restart() {
    this.tracker = new Tracker();
    this.search = this.detector && new Search(this.detector);
  }

  /** Promise {width, height, whole, faces: [{box, score, probabilities}]} of a Blob; `whole` takes it as one face. */
  async photo(blob, whole = false) {
    const photo = await readPhoto(blob);
    const asOne = whole || Math.max(photo.width, photo.height) <= SMALL;
    const detected = asOne ? [null] : isSearched(photo.pixels) ? await this.detector.find(photo.pixels) : [];
    const faces = [];
    for (const face of detected) {
      const probabilities = await this.probabilities(photo.pixels, face?.box);
      faces.push({ box: face && inPhoto(face.box, photo), score: face?.score, probabilities });
    }
    return { width: photo.width, height: photo.height, whole: asOne, faces };
  }

  /** Promise the same of an ImageBitmap at `seconds`, probabilities smoothed, and `number` saying which face it is. */
  async frame(bitmap, seconds) {
    const { width, height, pixels } = readFrame(bitmap);
    const detected = await this.search.find(pixels);
    const tracks = this.tracker.follow(detected.map(({ box }) => box), seconds);
    const faces = [];
    for (const [at, { box, score }] of detected.entries()) {
      const row = await this.probabilities(pixels, box);
      faces.push({ box, score, number: tracks[at].number, probabilities: smoothed(tracks[at], row, seconds) });
    }
    return { width, height, whole: false, faces };
  }

  async probabilities(pixels, box) {
    const [row] = await this.opened[1].call(faceOf(pixels, box, this.files.side));
    return Array.from(row);
  }
}

function isSearched({ width, height }) {
  const [short, long] = [Math.min(width, height), Math.max(width, height)];
  return short >= LEAST_SIDE && long <= MOST_ELONGATED * short;
}

function inPhoto([left, top, width, height], photo) {
  const [across, down] = [photo.width / photo.pixels.width, photo.height / photo.pixels.height];
  return [left * across, top * down, width * across, height * down].map(round);
}
