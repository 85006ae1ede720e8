/**
 * After `vite build`: the package's WebAssembly compressed, as servers send it, and a digest of the sources beside the
 * page; the whole page with the package's networks in dist/, to be hosted anywhere.
 */

import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { digest } from "./sources.js";

const root = join(import.meta.dirname, "..");
const pack = join(root, "..", "fer_keras");
const statics = process.env.FER_KERAS_OUT ?? join(pack, "web", "static");
const dist = join(root, "dist");

rmSync(dist, { recursive: true, force: true });
cpSync(statics, dist, { recursive: true });
for (const [address, path] of Object.entries(JSON.parse(readFileSync(join(pack, "web", "files.json"), "utf8")))) {
  mkdirSync(dirname(join(dist, address)), { recursive: true });
  cpSync(join(pack, path), join(dist, address));
}
for (const name of readdirSync(statics).filter((each) => each.endsWith(".wasm"))) {
  writeFileSync(join(statics, `${name}.gz`), gzipSync(readFileSync(join(statics, name)), { level: 9 }));
  rmSync(join(statics, name));
}
if (!process.env.FER_KERAS_OUT) {
  writeFileSync(join(pack, "web", "build.json"), `${JSON.stringify({ sources: digest(root) }, null, 1)}\n`);
}
