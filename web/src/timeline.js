/** The probabilities of a face over at most the last minute. */

import { percent } from "./card.js";

const [LEAST_SECONDS, SECONDS] = [10, 60];
const GAP_SECONDS = 1;
const REDRAW_SECONDS = 0.2;
const [WIDTH, HEIGHT] = [600, 140];

export class Timeline {
  constructor(classNames) {
    this.classNames = classNames;
    this.figure = document.querySelector("#timeline");
    this.title = document.querySelector("#timeline-title");
    this.start = document.querySelector("#timeline-start");
    const svg = this.figure.querySelector("svg");
    this.paths = classNames.map((_, index) => {
      const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
      path.setAttribute("class", `class-${index}`);
      return svg.appendChild(path);
    });
    this.restart();
  }

  /** Forget all faces, and hide the figure. */
  restart() {
    this.courses = new Map();
    this.drawn = -Infinity;
    this.figure.hidden = true;
  }

  /** Add the faces [{number, probabilities}] of a frame at `seconds`. */
  add(faces, seconds) {
    for (const { number, probabilities } of faces) {
      if (!this.courses.has(number)) this.courses.set(number, []);
      this.courses.get(number).push([seconds, probabilities]);
    }
    if (seconds - this.drawn >= REDRAW_SECONDS) this.draw(seconds);
  }

  draw(seconds) {
    this.drawn = seconds;
    for (const [number, points] of this.courses) {
      while (points.length && seconds - points[0][0] > SECONDS) points.shift();
      if (!points.length) this.courses.delete(number);
    }
    const course = this.longest();
    if (!course) return;
    this.figure.hidden = false;
    const [number, points] = course;
    const span = Math.min(SECONDS, Math.max(LEAST_SECONDS, Math.ceil(seconds - points[0][0])));
    this.title.textContent = `Face ${number + 1}, the last ${span} seconds; on average ${this.summary(points)}`;
    this.start.textContent = `${span} s ago`;
    this.paths.forEach((path, index) => path.setAttribute("d", line(points, index, seconds, span)));
  }

  /** Return [number, points] of the face that was seen in the most frames. */
  longest() {
    return [...this.courses].sort((one, other) => other[1].length - one[1].length)[0];
  }

  summary(points) {
    const means = this.classNames.map((name, index) => {
      const sum = points.reduce((total, [, row]) => total + row[index], 0);
      return [sum / points.length, name];
    });
    const best = means.sort((one, other) => other[0] - one[0]).slice(0, 3);
    return best.map(([share, name]) => `${name} ${percent(share)}`).join(", ");
  }
}

/** Return the path of a class through `points` of the last `span` seconds, broken where the face was not seen. */
function line(points, index, seconds, span) {
  let before = -Infinity;
  return points
    .map(([at, row]) => {
      const command = at - before > GAP_SECONDS ? "M" : "L";
      before = at;
      const x = WIDTH * (1 - (seconds - at) / span);
      return `${command}${x.toFixed(1)} ${(HEIGHT * (1 - row[index])).toFixed(1)}`;
    })
    .join("");
}
