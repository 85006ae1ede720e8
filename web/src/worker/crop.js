/** The square that FER2013 would show of a face, as the network takes it: fer_keras/data/crop.py. */

import { round } from "./numbers.js";
import { cropped, grey, resize } from "./resample.js";

/** From BlazeFace's box to FER2013's frame, in longer sides of the box: fer_keras/detection/blazeface.py. */
const SCALE = 1.14;
const DOWN = -0.1;

/** Return the frame [left, top, side, side] of the face in `box`. */
export function frame([left, top, width, height]) {
  const longer = Math.max(width, height);
  const side = SCALE * longer;
  return [left + width / 2 - side / 2, top + height / 2 + DOWN * longer - side / 2, side, side];
}

/** Return [left, top, side] of the square about the centre of `box`, moved and shrunk to lie inside the picture. */
export function square([left, top, width, height], source) {
  const side = Math.min(Math.max(1, round(Math.max(width, height))), source.height, source.width);
  const across = round(left + width / 2 - side / 2);
  const down = round(top + height / 2 - side / 2);
  return [inside(across, source.width - side), inside(down, source.height - side), side];
}

/** Return uint8 [side, side], grey: the frame around `box`, without one the central square of the picture. */
export function faceOf(source, box, side) {
  const whole = [0, 0, source.width, source.height];
  const [left, top, edge] = square(box ? frame(box) : whole, source);
  return grey(resize(cropped(source, left, top, edge), side, side, side < edge ? "box" : "bicubic"));
}

function inside(value, most) {
  return Math.min(Math.max(value, 0), most);
}
