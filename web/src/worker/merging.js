/** Many boxes around one face become one: fer_keras/detection/merging.py. A box is [left, top, width, height]. */

const SAME_IOU = 0.3;
const NESTED = 0.7;

/** Return a face {box, score} for each of the `groups` whose agreement is `leastAgreement` or more. */
export function merged(boxes, leastAgreement) {
  return groups(boxes).filter(({ agreement }) => agreement >= leastAgreement);
}

/**
 * Return a face {box, score, agreement} for each group of `boxes` [{box, score}], averaged by their scores; the
 * agreement is 1 - Π(1 - score).
 */
export function groups(boxes) {
  const found = [];
  for (let left = boxes; left.length; ) {
    const best = left.reduce((top, each) => (each.score > top.score ? each : top));
    const relations = left.map((each) => (each === best ? "same" : relation(each.box, best.box)));
    const same = left.filter((_, at) => relations[at] === "same");
    const agreement = 1 - same.reduce((product, { score }) => product * (1 - score), 1);
    found.push({ box: average(same), score: best.score, agreement });
    left = left.filter((_, at) => !relations[at]);
  }
  return found;
}

/** Return the faces, the largest first. */
export function largestFirst(faces) {
  return [...faces].sort((one, other) => area(other.box) - area(one.box));
}

function relation(each, best) {
  if (isSame(each, best)) return "same";
  return intersection(each, best) > NESTED * Math.min(area(each), area(best)) ? "nested" : "";
}

/** Say whether two boxes are of the same face. */
export function isSame(one, other) {
  const common = intersection(one, other);
  return common > SAME_IOU * (area(one) + area(other) - common);
}

function average(same) {
  const total = same.reduce((sum, { score }) => sum + score, 0);
  return [0, 1, 2, 3].map((at) => same.reduce((sum, { box, score }) => sum + box[at] * score, 0) / total);
}

function area([, , width, height]) {
  return width * height;
}

function intersection(one, other) {
  const width = Math.min(one[0] + one[2], other[0] + other[2]) - Math.max(one[0], other[0]);
  const height = Math.min(one[1] + one[3], other[1] + other[3]) - Math.max(one[1], other[1]);
  return Math.max(width, 0) * Math.max(height, 0);
}

/** Return the intersection over union of two boxes. */
export function overlap(one, other) {
  const common = intersection(one, other);
  const union = area(one) + area(other) - common;
  return union > 0 ? common / union : 0;
}
