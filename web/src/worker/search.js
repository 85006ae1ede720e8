/** The faces of a video's frames: searched coarsely, and every so often for small ones, too. */

import { faces } from "./detector.js";

const COARSE = 2;
const FINE = 3;
const FINE_EVERY = 10;

/** Searches frame after frame; the fine level every time where it shows more faces than the coarse ones. */
export class Search {
  constructor(detector) {
    this.detector = detector;
    this.frame = 0;
    this.needsFine = true;
  }

  /** Promise the faces [{box, score}] of a frame, the largest first. */
  async find(source) {
    const boxes = [];
    for (let level = 0; level < COARSE; level++) boxes.push(...(await this.detector.level(source, level)));
    const coarse = faces(boxes);
    if (!this.needsFine && this.frame++ % FINE_EVERY && coarse.length) return coarse;
    for (let level = COARSE; level < FINE; level++) boxes.push(...(await this.detector.level(source, level)));
    const fine = faces(boxes);
    this.needsFine = fine.length > coarse.length;
    return fine;
  }
}
