/** Parts of a level that are looked at once more: fer_keras/detection/windows.py. */

import { round } from "./numbers.js";

const AROUND = 2;
const CELL = 16;

/** Return [{window: [left, top, width, height], face}] for the boxes `faces`; without a face, for whatever is there. */
export function windowsOf(faces, width, height, side) {
  const found = faces.map((face) => ({ window: around(face, width, height, side), face }));
  const area = found.reduce((sum, { window }) => sum + window[2] * window[3], 0);
  return area >= width * height ? [{ window: [0, 0, width, height] }] : found;
}

function around([left, top, width, height], wholeWidth, wholeHeight, least) {
  let side = least;
  while (side < AROUND * Math.max(width, height)) side *= 2;
  const [across, down] = [Math.min(side, wholeWidth), Math.min(side, wholeHeight)];
  return [start(left + width / 2, across, wholeWidth), start(top + height / 2, down, wholeHeight), across, down];
}

/** Return where `length` of `whole` pixels begin, whose middle is near `middle`. */
function start(middle, length, whole) {
  return Math.min(Math.max(0, CELL * round((middle - length / 2) / CELL)), whole - length);
}
