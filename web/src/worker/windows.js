/** A picture at several sizes, and the square windows that the detector looks at: fer_keras/detection/windows.py. */

import { round } from "./numbers.js";
import { resize } from "./resample.js";

const BORDER = 0.25;
const OVERLAP = 0.5;
const MOST_ENLARGED = 2;
const GAP = 3;

/**
 * Return the windows of a level (0 is the coarsest): {level: its pixels, left, top (of the window there; edges are
 * continued), scale [across, down] back to the picture, inner: which of left, top, right, bottom lie within it}.
 */
export function windowsOf(source, side, level) {
  const longer = Math.max(source.width, source.height);
  const target = level === 0 ? side / (1 + 2 * BORDER) : side * 2 ** (level - 1);
  if (level && target > MOST_ENLARGED * longer) return [];
  const width = Math.max(1, round(source.width * (target / longer)));
  const height = Math.max(1, round(source.height * (target / longer)));
  const pixels = resize(source, width, height, "bilinear", GAP);
  const [across, down] = [Math.max(0, side - width), Math.max(0, side - height)];
  const [left, top] = [across >> 1, down >> 1];
  const [columns, rows] = [width + across, height + down];
  const scale = [source.width / width, source.height / height];
  return starts(rows, side).flatMap((y) =>
    starts(columns, side).map((x) => {
      const inner = [x > 0, y > 0, x + side < columns, y + side < rows];
      return { pixels, left: x - left, top: y - top, scale, inner };
    }),
  );
}

/** Return where windows of `side` begin along `length` pixels, the last one at its end. */
export function starts(length, side) {
  const steps = Math.ceil((length - side) / round(side * (1 - OVERLAP)));
  if (steps <= 0) return [0];
  return Array.from({ length: steps + 1 }, (_, step) => round((step * (length - side)) / steps));
}

/** Write the window into `input`, float32 [side, side, 3] from -1 to 1, edges continued. */
export function fill(input, side, { pixels, left, top }) {
  const { width, height, data } = pixels;
  for (let y = 0, out = 0; y < side; y++) {
    const row = Math.min(Math.max(top + y, 0), height - 1) * width;
    for (let x = 0; x < side; x++, out += 3) {
      const place = (row + Math.min(Math.max(left + x, 0), width - 1)) * 3;
      input[out] = data[place] / 127.5 - 1;
      input[out + 1] = data[place + 1] / 127.5 - 1;
      input[out + 2] = data[place + 2] / 127.5 - 1;
    }
  }
}
