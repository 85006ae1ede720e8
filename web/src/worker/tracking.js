/** Faces followed from frame to frame, probabilities smoothed over time: fer_keras/inference/tracking.py. */

import { overlap } from "./merging.js";

const LEAST_OVERLAP = 0.3;
const FORGET_SECONDS = 1;
const SMOOTH_SECONDS = 0.5;

/** Follows faces by the overlap of their boxes; numbers them from 0 in the order in which they appear. */
export class Tracker {
  constructor() {
    this.tracks = [];
    this.next = 0;
  }

  /** Return the track {number, box, seen, ...} of each of the `boxes` that a frame shows at `seconds`. */
  follow(boxes, seconds) {
    this.tracks = this.tracks.filter((track) => seconds - track.seen <= FORGET_SECONDS);
    const matched = this.matched(boxes);
    return boxes.map((box, at) => {
      if (!matched[at]) this.tracks.push((matched[at] = { number: this.next++ }));
      return Object.assign(matched[at], { box, seen: seconds });
    });
  }

  /** Return [track or undefined] for each box, the pairs that overlap most first, each box and track once. */
  matched(boxes) {
    const pairs = this.tracks.flatMap((track) => boxes.map((box, at) => [overlap(track.box, box), at, track]));
    const result = boxes.map(() => undefined);
    for (const [share, at, track] of pairs.sort((one, other) => other[0] - one[0])) {
      if (share >= LEAST_OVERLAP && !result[at] && !result.includes(track)) result[at] = track;
    }
    return result;
  }
}

/** Return the average of the probabilities of `track`, `row` at `seconds` being the newest. */
export function smoothed(track, row, seconds) {
  const share = track.row ? 1 - Math.exp(-(seconds - track.averaged) / SMOOTH_SECONDS) : 1;
  track.row = row.map((value, at) => (track.row ? track.row[at] + share * (value - track.row[at]) : value));
  track.averaged = seconds;
  return track.row;
}
