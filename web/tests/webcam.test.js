/** The webcam, which Chromium plays from a file of drawn faces. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { join } from "node:path";
import { browse, drawn, openPage, serve } from "./served.js";

let files, server, browser, opened;

before(async () => {
  files = drawn("webcam");
  server = await serve();
  const fake = `--use-file-for-fake-video-capture=${join(files.folder, "webcam.y4m")}`;
  browser = await browse(["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", fake]);
  opened = await openPage(browser, server.url);
});

after(async () => {
  await browser?.close();
  server?.stop();
});

test("frame after frame is computed: one face, the same one, a timeline, frames a second", async (context) => {
  const { page } = opened;
  await page.evaluate(() => {
    self.seen = [];
    document.querySelector("#stage").addEventListener("seen", ({ detail }) => detail && self.seen.push(detail));
  });
  await page.locator("#camera").click();
  await page.waitForFunction(() => self.seen.length >= 60, null, { timeout: 60_000 });
  const status = await page.locator("#status").textContent();
  context.diagnostic(status);
  assert.match(status, /^\d+ frames\/s, \d+ ms a frame, 640×480\.$/);
  const seen = await page.evaluate(() => self.seen);
  assert.deepEqual([...new Set(seen.map(({ faces }) => faces.map(({ number }) => number).join()))], ["0"]);
  for (const { faces } of seen) {
    const sum = faces[0].probabilities.reduce((total, value) => total + value, 0);
    assert.ok(Math.abs(sum - 1) < 1e-3);
  }
  const lefts = seen.map(({ faces }) => faces[0].box[0]);
  assert.ok(Math.max(...lefts) - Math.min(...lefts) > 40, "the box follows the face");
  const title = await page.locator("#timeline-title").textContent();
  assert.match(title, /^Face 1, the last \d+ seconds; on average [a-z]+ \d+ %,/);
  assert.equal(await page.locator("#timeline path[d]").count(), 7);
  assert.match(await page.locator("#live").textContent(), /^1 face\. [a-z]+$/);
});

test("it stops, and lets go of the webcam", async () => {
  const { page } = opened;
  assert.equal(await page.locator("#camera").textContent(), "Stop");
  const track = await page.evaluateHandle(() => document.querySelector("#video").srcObject.getTracks()[0]);
  await page.locator("#camera").click();
  await page.getByText("Stopped.").waitFor();
  assert.equal(await track.evaluate(({ readyState }) => readyState), "ended");
  assert.equal(await page.locator("#camera").textContent(), "Start the webcam");
});

test("a video file is computed to its end, in its own time", async () => {
  const { page } = opened;
  await page.evaluate(async () => {
    const stream = await navigator.mediaDevices.getUserMedia({ video: true });
    const recorder = new MediaRecorder(stream, { mimeType: "video/webm;codecs=vp8" });
    const parts = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    const stopped = new Promise((resolve) => (recorder.onstop = resolve));
    recorder.start();
    await new Promise((resolve) => setTimeout(resolve, 2000));
    recorder.stop();
    await stopped;
    stream.getTracks().forEach((track) => track.stop());
    self.seen = [];
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(parts, "recorded.webm", { type: "video/webm" }));
    document.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true }));
  });
  await page.locator("#camera", { hasText: "Stop" }).waitFor();
  await page.getByText("Stopped.").waitFor({ timeout: 60_000 });
  const seen = await page.evaluate(() => self.seen);
  assert.deepEqual([...new Set(seen.map(({ faces }) => faces.length))], [1]);
  assert.ok(seen.length > 5, `${seen.length} frames`);
  assert.equal(await page.locator("#camera").textContent(), "Start the webcam");
});

test("no request left the page meanwhile", () => {
  const addresses = opened.requests.map((url) => new URL(url)).filter(({ protocol }) => protocol !== "blob:");
  assert.deepEqual([...new Set(addresses.map(({ origin }) => origin))], [new URL(server.url).origin]);
  assert.deepEqual(opened.problems, []);
});

test("without a webcam the page says so", async () => {
  const without = await browse();
  const { page } = await openPage(without, server.url);
  await page.locator("#camera").click();
  await page.locator("#message").waitFor();
  assert.match(await page.locator("#message").textContent(), /webcam.*[Cc]hoose a photo/);
  await without.close();
});
