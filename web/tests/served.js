/** The page served by `fer-keras web` to headless Chromium: what the tests of the browser share. */

import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const PYTHON = process.env.PYTHON ?? "python3";
const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
/** Chromium's own sandbox needs what containers and root lack. */
const ALWAYS = ["--no-sandbox"];
const WAIT = 60_000;

/** Draw the `parts` of drawn.py; return their folder and what Python expects. */
export function drawn(...parts) {
  const folder = mkdtempSync(join(tmpdir(), "fer-keras-drawn-"));
  const words = [join(import.meta.dirname, "drawn.py"), folder, ...parts];
  execFileSync(PYTHON, words, { stdio: ["ignore", "inherit", "inherit"] });
  return { folder, ...JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) };
}

/** Promise {url, stop} of the server, at a free port. */
export async function serve() {
  const words = ["-m", "fer_keras", "web", "--no-browser", "--port", "0"];
  const server = spawn(PYTHON, words, { stdio: ["ignore", "pipe", "inherit"] });
  const url = await new Promise((resolve, reject) => {
    let text = "";
    server.stdout.on("data", (part) => {
      text += part;
      const address = text.match(/http:\S+/);
      if (address) resolve(address[0]);
    });
    server.on("exit", (code) => reject(new Error(`the server ended with ${code}`)));
  });
  return { url, stop: () => server.kill("SIGINT") };
}

/** Promise a browser, started with the words `args` as well. */
export function browse(args = []) {
  return chromium.launch({ executablePath: CHROMIUM, args: [...ALWAYS, ...args] });
}

/** Promise {page, requests, problems} of the page at `url` with its model loaded. */
export async function openPage(browser, url, options = {}) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const [requests, problems] = [[], []];
  context.on("request", (request) => requests.push(request.url()));
  page.on("console", (each) => ["error", "warning"].includes(each.type()) && problems.push(each.text()));
  page.on("pageerror", (error) => problems.push(String(error)));
  await page.goto(url);
  await page.getByText("Ready.").waitFor({ timeout: WAIT });
  return { page, requests, problems };
}

/** Give the page a file, and promise what it sees in it {width, height, whole, faces}. */
export async function choose(page, file) {
  const seen = page.evaluate(
    () =>
      new Promise((resolve) => {
        const stage = document.querySelector("#stage");
        const listen = ({ detail }) => {
          if (!detail) return;
          stage.removeEventListener("seen", listen);
          resolve(detail);
        };
        stage.addEventListener("seen", listen);
      }),
  );
  await page.setInputFiles("#file", file);
  return seen;
}
