/** BlazeFace, short range, as fer_keras/detection/blazeface.py searches a picture with it. */

import { filled, levelsOf } from "./levels.js";
import { groups, isSame, largestFirst, merged } from "./merging.js";
import { windowsOf } from "./windows.js";

const SIDE = 128;
const GRIDS = [[8, 2], [16, 6]];
const LEAST_SCORE = 0.64;
const LEAST_LOGIT = Math.log(LEAST_SCORE / (1 - LEAST_SCORE));
const LEAST_AGREEMENT = 0.99;
const SURE = 0.9999;

/** Sizes at which a picture is searched: a photo's as in Python; see `Search` for those of a video's frames. */
export const PHOTO_LEVELS = 4;

export class Detector {
  /** @param network function of float32 [height, width, 3] and [height, width] that promises [regressors, scores]. */
  constructor(network) {
    this.network = network;
  }

  /** Return `count` sizes of a picture, from coarse to fine. */
  levels(source, count) {
    return levelsOf(source, SIDE, count);
  }

  /** Promise the boxes [{box, score}] in the picture that one of its levels shows, not merged. */
  async boxes(level) {
    const { width, height } = level;
    const seen = await this.seen(level, [0, 0, width, height], false);
    const unsure = groups(seen).filter(({ agreement }) => agreement < SURE);
    const boxes = unsure.map(({ box }) => box);
    for (const { window, face } of windowsOf(boxes, width, height, SIDE)) {
      const again = await this.seen(level, window, true);
      seen.push(...again.filter(({ box }) => !face || isSame(box, face)));
    }
    return seen.map(({ box, score }) => ({ box: inPicture(box, level), score }));
  }

  /** Promise the boxes [{box, score}], in pixels of the level, in a window of it or in the window's mirror image. */
  async seen(level, window, mirrored) {
    const [left, top, width, height] = window;
    const [raw, logits] = await this.network(filled(level, window, mirrored), [height, width]);
    const boxes = decoded(raw, logits, height, width);
    for (const { box } of boxes) {
      if (mirrored) box[0] = width - box[0] - box[2];
      box[0] += left;
      box[1] += top;
    }
    return boxes;
  }

  /** Promise the faces [{box, score}] of a picture searched at `count` sizes, the largest first. */
  async find(source, count = PHOTO_LEVELS) {
    const boxes = [];
    for (const level of this.levels(source, count)) boxes.push(...(await this.boxes(level)));
    return faces(boxes);
  }
}

/** Return the faces that `boxes` of several levels are of. */
export function faces(boxes) {
  return largestFirst(merged(boxes, LEAST_AGREEMENT));
}

/** Return the boxes [{box, score}] in pixels of what was seen. Anchors are the centres of cells, several in each. */
function decoded(raw, logits, height, width) {
  const boxes = [];
  let at = 0;
  for (const [cell, each] of GRIDS) {
    for (let y = cell / 2; y < height; y += cell) {
      for (let x = cell / 2; x < width; x += cell) {
        for (const end = at + each; at < end; at++) {
          if (!(logits[at] >= LEAST_LOGIT)) continue;
          const [across, down, wide, high] = raw.subarray(at * 16, at * 16 + 4);
          if (!(wide > 0 && high > 0)) continue;
          const box = [x + across - wide / 2, y + down - high / 2, wide, high];
          boxes.push({ box, score: 1 / (1 + Math.exp(-logits[at])) });
        }
      }
    }
  }
  return boxes;
}

function inPicture([left, top, width, height], level) {
  const [across, down] = level.scale;
  return [(left - level.left) * across, (top - level.top) * down, width * across, height * down];
}
