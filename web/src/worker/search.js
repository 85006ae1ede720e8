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
    const look = async (levels) => {
      for (const level of levels) boxes.push(...(await this.detector.boxes(level)));
      return faces(boxes);
    };
    const coarse = await look(this.detector.levels(source, COARSE));
    if (!this.needsFine && this.frame++ % FINE_EVERY && coarse.length) return coarse;
    const fine = await look(this.detector.levels(source, FINE).slice(COARSE));
    this.needsFine = fine.length > coarse.length;
    return fine;
  }
}
