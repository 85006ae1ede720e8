/** The list of faces, each with the probability of every class. */

import { percent } from "./card.js";

const MOST = 12;

/** Return the index of the most probable class. */
export function strongest(probabilities) {
  return probabilities.indexOf(Math.max(...probabilities));
}

export class Results {
  constructor(card) {
    this.card = card;
    this.list = document.querySelector("#faces");
    this.empty = document.querySelector("#no-result");
    this.entries = [];
  }

  /** Show `faces` [{probabilities, number}]; `words` where there is none. */
  show(faces, words = "No face.") {
    const shown = faces.slice(0, MOST);
    while (this.entries.length < shown.length) this.add();
    while (this.entries.length > shown.length) this.entries.pop().item.remove();
    shown.forEach((face, at) => this.update(this.entries[at], face, at));
    const more = faces.length - shown.length;
    this.empty.hidden = faces.length > 0 && !more;
    this.empty.textContent = more > 0 ? `The ${MOST} largest of ${faces.length} faces.` : words;
  }

  add() {
    const item = document.createElement("li");
    const title = item.appendChild(document.createElement("h3"));
    const shares = item.appendChild(Object.assign(document.createElement("ul"), { className: "shares" }));
    const agreement = item.appendChild(Object.assign(document.createElement("p"), { className: "agreement" }));
    const rows = this.card.classNames.map((name, at) => row(shares, name, at));
    this.list.append(item);
    this.entries.push({ item, title, rows, agreement });
  }

  update({ title, rows, agreement }, { probabilities, number }, at) {
    const name = this.card.classNames[strongest(probabilities)];
    write(title, `Face ${(number ?? at) + 1}: ${name}`);
    rows.forEach(({ bar, value }, index) => {
      bar.style.width = `${100 * probabilities[index]}%`;
      write(value, percent(probabilities[index]));
    });
    const share = percent(this.card.precision[name]);
    write(agreement, `Of the test images that it calls ${name}, ${share} are labelled so.`);
  }
}

function row(shares, name, index) {
  const item = shares.appendChild(document.createElement("li"));
  const cell = (className) => item.appendChild(Object.assign(document.createElement("span"), { className }));
  cell("name").textContent = name;
  const bar = cell(`bar class-${index}`);
  bar.setAttribute("aria-hidden", "true");
  return { bar: bar.appendChild(document.createElement("span")), value: cell("value") };
}

/** Change a text only where it differs: the page is laid out anew for nothing else. */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
