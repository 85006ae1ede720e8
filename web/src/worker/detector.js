/** BlazeFace, short range, as fer_keras/detection/blazeface.py decodes it. */

import { largestFirst, merged } from "./merging.js";
import { fill, windowsOf } from "./windows.js";

const SIDE = 128;
const GRIDS = [[16, 2], [8, 6]];
const LARGEST_LOGIT = 80;
const LEAST_SCORE = 0.6;
const LEAST_AGREEMENT = 0.99;
const CUT = 0.04;

/** Sizes at which a picture is searched: a photo's as in Python; see `Search` for those of a video's frames. */
export const PHOTO_LEVELS = 4;

export class Detector {
  /** @param network function of float32 [128, 128, 3] that promises [regressors [896, 16], scores [896]]. */
  constructor(network) {
    this.network = network;
    this.anchors = anchors();
    this.input = new Float32Array(SIDE * SIDE * 3);
  }

  /** Promise the boxes [{box, score}] that the windows of one level show, not merged. */
  async level(source, level) {
    const boxes = [];
    for (const window of windowsOf(source, SIDE, level)) {
      fill(this.input, SIDE, window);
      const [raw, logits] = await this.network(this.input);
      boxes.push(...decoded(raw, logits, this.anchors, window));
    }
    return boxes;
  }

  /** Promise the faces [{box, score}] of a picture searched at `levels` sizes, the largest first. */
  async find(source, levels = PHOTO_LEVELS) {
    const boxes = [];
    for (let level = 0; level < levels; level++) boxes.push(...(await this.level(source, level)));
    return faces(boxes);
  }
}

/** Return the faces that `boxes` of several levels are of. */
export function faces(boxes) {
  return largestFirst(merged(boxes, LEAST_AGREEMENT));
}

/** Return the centres [x, y] of the 896 anchors, in shares of the window. */
export function anchors() {
  return GRIDS.flatMap(([cells, each]) =>
    Array.from({ length: cells * cells * each }, (_, at) => {
      const cell = Math.floor(at / each);
      return [((cell % cells) + 0.5) / cells, (Math.floor(cell / cells) + 0.5) / cells];
    }),
  );
}

/** Return the boxes in pixels of the picture, without those of faces that a side of the window cuts. */
function decoded(raw, logits, centres, window) {
  const boxes = [];
  centres.forEach(([x, y], at) => {
    const score = 1 / (1 + Math.exp(-Math.min(Math.max(logits[at], -LARGEST_LOGIT), LARGEST_LOGIT)));
    const [across, down, width, height] = raw.subarray(at * 16, at * 16 + 4);
    if (score < LEAST_SCORE || width <= 0 || height <= 0) return;
    const box = [across + SIDE * x - width / 2, down + SIDE * y - height / 2, width, height];
    if (isWhole(box, window.inner)) boxes.push({ box: inPicture(box, window), score });
  });
  return boxes;
}

function isWhole([left, top, width, height], inner) {
  const distances = [left, top, SIDE - left - width, SIDE - top - height];
  return distances.every((distance, at) => distance > CUT * SIDE || !inner[at]);
}

function inPicture([left, top, width, height], window) {
  const [across, down] = window.scale;
  return [(left + window.left) * across, (top + window.top) * down, width * across, height * down];
}
