/** The page for everyone: axe-core's rules in light and dark, with and without a result; and the width of a phone. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { browse, openPage, serve } from "./served.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PHONE = { viewport: { width: 390, height: 844 } };

let server, browser;

before(async () => {
  server = await serve();
  browser = await browse();
});

after(async () => {
  await browser?.close();
  server?.stop();
});

async function violations(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => self.axe.run());
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}

for (const colorScheme of ["light", "dark"]) {
  test(`in ${colorScheme} no rule is broken, before a result and with one`, async () => {
    const { page } = await openPage(browser, server.url, { colorScheme });
    assert.deepEqual(await violations(page), []);
    await page.locator("#example").click();
    await page.getByText(/^3 faces, /).waitFor();
    assert.deepEqual(await violations(page), []);
    assert.match(await page.locator("#stage").getAttribute("aria-label"), /^A picture with faces: 1: \w+ \d+ %, 2: /);
  });
}

test("on a phone nothing is wider than the screen, and results follow the picture", async () => {
  const { page } = await openPage(browser, server.url, PHONE);
  await page.locator("#example").click();
  await page.getByText(/^3 faces, /).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), PHONE.viewport.width);
  const sections = page.locator("main > section");
  const tops = await sections.evaluateAll((all) => all.map((each) => each.getBoundingClientRect().top));
  assert.deepEqual([...tops].sort((one, other) => one - other), tops);
});

test("without its model the page says what is missing", async () => {
  const page = await browser.newPage();
  await page.route("**/model.tflite", (route) => route.fulfill({ status: 404 }));
  await page.goto(server.url);
  await page.locator("#message").waitFor();
  const words = await page.locator("#message").textContent();
  assert.match(words, /^The model did not load\. Expected a file at .*model\.tflite\. Received: 404/);
});
