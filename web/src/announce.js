/** What a screen reader says: a photo's result at once, a video's when it changes, every few seconds at most. */

import { percent } from "./card.js";
import { strongest } from "./results.js";

const LEAST_SECONDS = 3;

export class Announcer {
  constructor(classNames) {
    this.classNames = classNames;
    this.region = document.querySelector("#live");
    this.restart();
  }

  restart() {
    this.last = { words: "", seconds: -Infinity };
  }

  /** Say `words`. */
  say(words) {
    this.region.textContent = words;
  }

  photo(faces) {
    const each = faces.map(({ probabilities }, at) => {
      const best = strongest(probabilities);
      return `Face ${at + 1}: ${this.classNames[best]}, ${percent(probabilities[best])}.`;
    });
    this.say([counted(faces.length), ...each].join(" "));
  }

  frame(faces, seconds) {
    const names = faces.map(({ probabilities }) => this.classNames[strongest(probabilities)]);
    const words = faces.length ? `${counted(faces.length)} ${names.join(", ")}` : counted(0);
    if (words === this.last.words || seconds - this.last.seconds < LEAST_SECONDS) return;
    this.last = { words, seconds };
    this.say(words);
  }
}

/** Return "2 faces." */
export function counted(number) {
  return number === 0 ? "No face." : number === 1 ? "1 face." : `${number} faces.`;
}
