/** Resizing is Pillow's, to the last bit. */

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { round } from "../src/worker/numbers.js";
import { factorOf } from "../src/worker/photo.js";
import { grey, picture, reduce, resize } from "../src/worker/resample.js";
import { drawn } from "./served.js";

let cases;

before(() => {
  cases = drawn("resampled").resampled;
});

function pictureOf([width, height, hex]) {
  return picture(width, height, Uint8Array.from(Buffer.from(hex, "hex")));
}

test("resized and reduced pictures, and their grey, are Pillow's", () => {
  assert.equal(cases.length, 9);
  for (const { source, result, grey: wanted, filter, gap, factor } of cases) {
    const what = `${filter ?? factor}, ${source.slice(0, 2)} to ${result.slice(0, 2)}`;
    const taken = pictureOf(source);
    const given = factor ? reduce(taken, factor, factor) : resize(taken, result[0], result[1], filter, gap);
    assert.deepEqual([given.width, given.height], result.slice(0, 2), what);
    assert.equal(Buffer.from(given.data).toString("hex"), result[2], what);
    assert.equal(Buffer.from(grey(given)).toString("hex"), wanted[2], what);
  }
});

test("large photos are read smaller by a whole factor, a JPEG by a power of two, as Pillow decodes it", () => {
  const megapixels = [7.6, 7.7, 17.3, 31, 50, 89];
  assert.deepEqual(megapixels.map((value) => factorOf(value * 1e6, false)), [1, 2, 3, 4, 5, 6]);
  assert.deepEqual(megapixels.map((value) => factorOf(value * 1e6, true)), [1, 2, 2, 4, 4, 4]);
  assert.equal(factorOf(17 ** 2 * 1.93e6, true), 16);
});

test("halves are rounded to even, as in Python", () => {
  assert.deepEqual([0.5, 1.5, 2.5, -0.5, -1.5, 2.4, -2.6].map((value) => round(value) + 0), [0, 2, 2, 0, -2, 2, -3]);
});
