/** What is known of the model: its record and its card, as the package has them. */

const LIMITS = "## What it is not for";

/** Promise {classNames, side, accuracy (a sentence), precision {class: share}, limits [sentence]}. */
export async function readCard() {
  const [record, card] = await Promise.all([
    load("model/record.json", (response) => response.json()),
    load("model/MODEL_CARD.md", (response) => response.text()),
  ]);
  const { test } = record.metrics;
  return {
    classNames: record.contract.class_names,
    side: record.contract.input.side,
    accuracy: sentence(test),
    precision: Object.fromEntries(Object.entries(test.per_class).map(([name, row]) => [name, row.precision])),
    limits: limitsOf(card),
  };
}

async function load(path, read) {
  const response = await fetch(new URL(path, document.baseURI));
  if (!response.ok) throw new Error(`Expected a file at ${path}. Received: ${response.status}.`);
  return read(response);
}

function sentence({ accuracy, rows, intervals, per_class: classes }) {
  const [low, high] = intervals.accuracy.map((share) => (100 * share).toFixed(1));
  const names = Object.keys(classes).sort((one, other) => classes[other].recall - classes[one].recall);
  const extremes = [names[0], names.at(-1)].map((name) => `${percent(classes[name].recall)} of ${name}`);
  return (
    `Of ${rows.toLocaleString("en")} test images of FER2013 the model names ${(100 * accuracy).toFixed(1)} % as ` +
    `their label does (95 % interval ${low} to ${high}): from ${extremes.reverse().join(" to ")}.`
  );
}

/** Return the lines of the card's list of what the model is not for. */
export function limitsOf(card) {
  const part = card.split(LIMITS)[1]?.split("\n## ")[0] ?? "";
  return part.split("\n").flatMap((line) => (line.startsWith("- ") ? [line.slice(2).trim()] : []));
}

/** Return 0.934 as "93 %". */
export function percent(share) {
  return `${Math.round(100 * share)} %`;
}

/** Write the card's words into the page. */
export function showCard(card) {
  document.querySelector("#accuracy").textContent = card.accuracy;
  document.querySelector("#limits").replaceChildren(
    ...card.limits.map((text) => Object.assign(document.createElement("li"), { textContent: text })),
  );
}
