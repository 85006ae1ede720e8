/** Frames a second with one drawn face at 640x480, from Chromium's fake webcam of 30 a second: `npm run measure`. */

import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { browse, drawn, openPage, serve } from "./served.js";

const [WARM_UP, SECONDS, TIMES] = [3, 10, 3];

const { folder } = drawn("webcam");
const server = await serve();
const fake = `--use-file-for-fake-video-capture=${join(folder, "webcam.y4m")}`;
const browser = await browse(["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", fake]);
const { page } = await openPage(browser, server.url);
await page.evaluate(() => {
  self.times = [];
  document.querySelector("#stage").addEventListener("seen", ({ detail }) => {
    const status = document.querySelector("#status").textContent;
    if (detail) self.times.push([performance.now(), Number.parseInt(status.split(", ")[1])]);
  });
});
await page.locator("#camera").click();
console.log(`${cpus().length} processors, ${cpus()[0].model}; load before ${loadavg()[0].toFixed(1)}`);
await page.waitForTimeout(1000 * WARM_UP);
for (let at = 0; at < TIMES; at++) {
  await page.evaluate(() => (self.times = []));
  await page.waitForTimeout(1000 * SECONDS);
  const times = await page.evaluate(() => self.times);
  const milliseconds = times.map(([, value]) => value).filter(Boolean).sort((one, other) => one - other);
  const rate = (1000 * (times.length - 1)) / (times.at(-1)[0] - times[0][0]);
  const median = milliseconds[milliseconds.length >> 1];
  console.log(`${rate.toFixed(1)} frames/s, median ${median} ms a frame, load ${loadavg()[0].toFixed(1)}`);
}
await browser.close();
server.stop();
