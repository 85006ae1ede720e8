/** The static build in dist/, on a server that knows nothing of it, in a folder of its site. */

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { after, before, test } from "node:test";
import { browse, openPage } from "./served.js";

const DIST = join(import.meta.dirname, "..", "dist");
const FOLDER = "/some/where/";
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".wasm": "application/wasm" };

let server, browser;

before(async () => {
  assert.ok(existsSync(DIST), "run npm run build");
  server = createServer((request, response) => {
    const name = request.url.startsWith(FOLDER) ? request.url.slice(FOLDER.length) || "index.html" : "";
    if (!name || !existsSync(join(DIST, name))) return response.writeHead(404).end();
    response.writeHead(200, { "Content-Type": TYPES[extname(name)] ?? "application/octet-stream" });
    response.end(readFileSync(join(DIST, name)));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  browser = await browse();
});

after(async () => {
  await browser?.close();
  server?.close();
});

test("it runs from any folder, with its own policy, and asks nobody else", async () => {
  const origin = `http://127.0.0.1:${server.address().port}`;
  const { page, requests, problems } = await openPage(browser, origin + FOLDER);
  await page.locator("#example").click();
  await page.getByText(/^3 faces, /).waitFor();
  assert.deepEqual([...new Set(requests.map((url) => new URL(url).origin))], [origin]);
  assert.deepEqual(problems, []);
  const refused = await page.evaluate(() => fetch("http://127.0.0.1:9/").catch(({ message }) => message));
  assert.match(refused, /Failed to fetch/);
});
