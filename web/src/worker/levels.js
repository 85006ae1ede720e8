/** A picture at several sizes, at each of which the detector looks for faces: fer_keras/detection/levels.py. */

import { round } from "./numbers.js";
import { resize } from "./resample.js";

const BORDER = 0.25;
const MOST_ENLARGED = 2;
const GAP = 1;
const MULTIPLE = 64;

/**
 * Return the levels from coarse to fine: {pixels, width, height (with edges continued), left, top (of the pixels in
 * them), scale [across, down] back to the picture}.
 */
export function levelsOf(source, side, count) {
  const longer = Math.max(source.width, source.height);
  const targets = Array.from({ length: count - 1 }, (_, level) => side * 2 ** level);
  const fitting = [side / (1 + 2 * BORDER), ...targets.filter((target) => target <= MOST_ENLARGED * longer)];
  const levels = [];
  let [pixels, gap] = [source, GAP];
  for (const target of fitting.reverse()) {
    const size = [source.width, source.height].map((length) => Math.max(1, round(length * (target / longer))));
    pixels = resize(pixels, ...size, "bilinear", gap);
    gap = 0;
    levels.push({ pixels, ...place(size, side), scale: [source.width / size[0], source.height / size[1]] });
  }
  return levels.reverse();
}

function place(size, side) {
  const [width, height] = size.map((length) => Math.max(side, Math.ceil(length / MULTIPLE) * MULTIPLE));
  return { width, height, left: (width - size[0]) >> 1, top: (height - size[1]) >> 1 };
}

/**
 * Return the window [left, top, width, height] of a level, or its mirror image, as float32 [height, width, 3] from -1
 * to 1, edges continued.
 */
export function filled({ pixels, left, top }, [across, down, width, height], mirrored) {
  const input = new Float32Array(width * height * 3);
  for (let y = 0, out = 0; y < height; y++) {
    const row = inside(down + y - top, pixels.height) * pixels.width;
    for (let x = 0; x < width; x++, out += 3) {
      const place = (row + inside(across + (mirrored ? width - 1 - x : x) - left, pixels.width)) * 3;
      for (let channel = 0; channel < 3; channel++) input[out + channel] = pixels.data[place + channel] / 127.5 - 1;
    }
  }
  return input;
}

function inside(place, length) {
  return Math.min(Math.max(place, 0), length - 1);
}
