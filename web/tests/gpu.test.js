/** The networks in WebGPU, which Chromium computes on the processor here: equal probabilities, slowly. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { join } from "node:path";
import { browse, choose, drawn, openPage, serve } from "./served.js";

const TOLERANCE = 0.002;
const SOFTWARE = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader", "--use-vulkan=swiftshader"];

let files, server, browser, opened;

before(async () => {
  files = drawn("photos");
  server = await serve();
  browser = await browse([...SOFTWARE, "--enable-features=Vulkan"]);
  opened = await openPage(browser, server.url);
});

after(async () => {
  await browser?.close();
  server?.stop();
});

test("the graphics processor is a choice where there is one, and its probabilities are Python's", async (context) => {
  const { page } = opened;
  await page.getByLabel("Runs on").selectOption("webgpu");
  await page.getByText("Ready.").waitFor({ timeout: 120_000 });
  const { faces } = await choose(page, join(files.folder, "face.png"));
  const expected = files.photos["face.png"][0].probabilities;
  const most = Math.max(...faces[0].probabilities.map((value, at) => Math.abs(value - expected[at])));
  context.diagnostic(`largest difference ${most.toExponential(1)}`);
  assert.ok(most <= TOLERANCE);
  assert.equal(await page.getByLabel("Runs on").inputValue(), "webgpu");
});

test("pictures of other shapes have Python's boxes there, too", async () => {
  const { faces } = await choose(opened.page, join(files.folder, "one.png"));
  assert.deepEqual(faces.map(({ box }) => box), files.photos["one.png"].map(({ box }) => box));
});

test("without one there is no such choice", async () => {
  const without = await browse(["--disable-features=WebGPU"]);
  const { page } = await openPage(without, server.url);
  assert.equal(await page.getByLabel("Runs on").isVisible(), false);
  await without.close();
});
