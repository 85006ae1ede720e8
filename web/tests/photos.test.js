/** Photos: the same faces and probabilities as in Python, no request elsewhere, one line for what is no photo. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { join } from "node:path";
import { browse, choose, drawn, openPage, serve } from "./served.js";

/** The most by which a probability may differ from Python's. */
const TOLERANCE = 0.002;
/** The same of photos that are not decoded alike; and of their boxes, in shares of their width. */
const [NEARLY, NEAR_BOX] = [0.03, 0.01];
/** Photos whose pixels a browser and Pillow decode alike. Not among them: see docs/web.md. */
const ALIKE = ["one.png", "three.png", "three.jpg", "turned.jpg", "large.png", "wide.webp", "face.png", "empty.png"];
ALIKE.push("narrow.png");

/** What is known of the package's model. */
const RECORD = new URL("../../fer_keras/pretrained/record.json", import.meta.url);

let files, server, browser, opened;

before(async () => {
  files = drawn("photos");
  server = await serve();
  browser = await browse();
  opened = await openPage(browser, server.url);
});

after(async () => {
  await browser?.close();
  server?.stop();
});

/** Return the largest difference between probabilities of `faces` and those that Python `expected`. */
function difference(faces, expected) {
  const values = faces.flatMap(({ probabilities }, at) =>
    probabilities.map((value, index) => Math.abs(value - expected[at].probabilities[index])),
  );
  return Math.max(0, ...values);
}

for (const name of ALIKE) {
  test(`${name}: boxes and probabilities are Python's`, async (context) => {
    const { faces } = await choose(opened.page, join(files.folder, name));
    const expected = files.photos[name];
    assert.deepEqual(faces.map(({ box }) => box), expected.map(({ box }) => box));
    context.diagnostic(`largest difference ${difference(faces, expected).toExponential(1)}`);
    assert.ok(difference(faces, expected) <= TOLERANCE);
  });
}

/** Faces from left to right: of two of nearly the same size, either may be the larger one. */
function fromTheLeft(faces) {
  return [...faces].sort((one, other) => one.box[0] - other.box[0]);
}

for (const name of ["large.jpg", "larger.jpg", "transparent.png"]) {
  test(`${name}, which a browser decodes otherwise: nearly Python's boxes and probabilities`, async (context) => {
    const faces = fromTheLeft((await choose(opened.page, join(files.folder, name))).faces);
    const expected = fromTheLeft(files.photos[name]);
    context.diagnostic(`largest difference ${difference(faces, expected).toExponential(1)}`);
    assert.equal(faces.length, expected.length);
    faces.forEach(({ box }, at) => {
      const distances = box.map((value, index) => Math.abs(value - expected[at].box[index]));
      assert.ok(Math.max(...distances) <= Math.max(1, NEAR_BOX * box[2]), `${box} beside ${expected[at].box}`);
    });
    assert.ok(difference(faces, expected) <= NEARLY);
  });
}

test("the list shows each face's label and the share of test images labelled so", async () => {
  const { page } = opened;
  await choose(page, join(files.folder, "face.png"));
  const names = await page.locator("#faces .name").allTextContents();
  const { probabilities } = files.photos["face.png"][0];
  const label = names[probabilities.indexOf(Math.max(...probabilities))];
  assert.equal(names.length, 7);
  assert.equal(await page.locator("#faces h3").textContent(), `Face 1: ${label}`);
  const agreement = await page.locator("#faces .agreement").textContent();
  assert.match(agreement, new RegExp(`calls ${label}, \\d\\d % are labelled so`));
  assert.match(await page.locator("#live").textContent(), new RegExp(`^1 face\\. Face 1: ${label}, \\d+ %\\.$`));
});

test("a photo without a face can be taken as one", async () => {
  const { page } = opened;
  await choose(page, join(files.folder, "empty.png"));
  await page.locator("#whole").click();
  await page.getByText("Taken as one face").waitFor();
  assert.equal(await page.locator("#faces li h3").count(), 1);
});

for (const [name, what] of [["broken.png", "image/png"], ["words.txt", "text/plain"]]) {
  test(`${name} gives a message, and the page goes on`, async () => {
    const { page } = opened;
    await page.setInputFiles("#file", join(files.folder, name));
    const message = page.locator("#message");
    await message.waitFor();
    const start = `^Expected a picture that this browser can open\\. Received: “${name}”, ${what}, \\d+ bytes\\.$`;
    assert.match(await message.textContent(), new RegExp(start));
    assert.equal((await choose(page, join(files.folder, "face.png"))).faces.length, 1);
    assert.equal(await message.isVisible(), false);
  });
}

test("a dropped and a pasted photo are taken", async () => {
  const { page } = opened;
  for (const kind of ["drop", "paste"]) {
    await page.evaluate(async (kind) => {
      const blob = await (await fetch("drawn.png")).blob();
      const data = new DataTransfer();
      data.items.add(new File([blob], "drawn.png", { type: blob.type }));
      const words = kind === "drop" ? { dataTransfer: data } : { clipboardData: data };
      document.querySelector("#status").textContent = "";
      document.dispatchEvent(new (kind === "drop" ? DragEvent : ClipboardEvent)(kind, { ...words, bubbles: true }));
    }, kind);
    await page.getByText(/^3 faces, \d+ ms\.$/).waitFor();
  }
});

test("every control is reached by the keyboard, and the example runs with it", async () => {
  const { page } = await openPage(browser, server.url);
  const reached = [];
  for (let at = 0; at < 4; at++) {
    await page.keyboard.press("Tab");
    reached.push(await page.evaluate(() => document.activeElement.id || document.activeElement.textContent));
  }
  assert.deepEqual(reached, ["choose", "camera", "example", "Model card"]);
  await page.locator("#example").focus();
  await page.keyboard.press("Enter");
  await page.getByText(/^3 faces, /).waitFor();
  await page.context().close();
});

test("the model card's limits stand beside the result", async () => {
  const limits = await opened.page.locator("#limits li").allTextContents();
  assert.equal(limits.length, 4);
  assert.match(limits[0], /^Saying what a person feels/);
  const accuracy = await opened.page.locator("#accuracy").textContent();
  const recorded = (100 * JSON.parse(readFileSync(RECORD, "utf8")).metrics.test.accuracy).toFixed(1);
  assert.ok(accuracy.startsWith(`Of 3,589 test images of FER2013 the model names ${recorded} % as their label does`));
});

test("every request of the page went to its own origin, and nothing was said on the console", () => {
  const origins = new Set(opened.requests.map((url) => new URL(url).origin));
  assert.deepEqual([...origins], [new URL(server.url).origin]);
  assert.ok(opened.requests.some((url) => url.endsWith(".wasm")));
  assert.deepEqual(opened.problems, []);
});

test("the page's policy lets no request out, from the page or from a worker", async () => {
  const page = await browser.newPage();
  await page.goto(server.url);
  const outcome = await page.evaluate(async () => {
    const blocked = [];
    document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) => blocked.push(effectiveDirective));
    await fetch("http://127.0.0.1:9/").catch(() => {});
    document.body.append(Object.assign(new Image(), { src: "http://127.0.0.1:9/x.png" }));
    navigator.sendBeacon("http://127.0.0.1:9/", "x");
    try {
      new Worker("data:text/javascript,0");
    } catch {}
    await new Promise((resolve) => setTimeout(resolve, 300));
    return [...new Set(blocked)].sort();
  });
  assert.deepEqual(outcome, ["connect-src", "img-src", "worker-src"]);
  for (const path of ["", "worker.js"]) {
    const response = await page.request.get(server.url + path);
    assert.match(response.headers()["content-security-policy"], /^default-src 'none';.*connect-src 'self'/);
  }
});
