/** Build the page anew, elsewhere, and compare it with the one in the package; exits with 1 where they differ. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

const root = join(import.meta.dirname, "..");
const packed = join(root, "..", "fer_keras", "web", "static");
const anew = mkdtempSync(join(tmpdir(), "fer-keras-web-"));
const env = { ...process.env, FER_KERAS_OUT: anew };
const vite = [join(root, "node_modules", "vite", "bin", "vite.js"), "build"];
for (const words of [vite, [join(root, "scripts", "place.js")]]) {
  execFileSync(process.execPath, words, { cwd: root, env, stdio: ["ignore", "ignore", "inherit"] });
}
const [before, after] = [contents(packed), contents(anew)];
rmSync(anew, { recursive: true });
const different = [...new Set([...before.keys(), ...after.keys()])].filter(
  (name) => !before.has(name) || !after.has(name) || !before.get(name).equals(after.get(name)),
);
if (different.length) {
  console.error(`error: fer_keras/web/static is not what web/ builds: ${different.join(", ")}. Run: npm run build`);
  process.exit(1);
}
console.log(`fer_keras/web/static is what web/ builds: ${after.size} files.`);

/** Return {name: content}; compressed files as what they hold, which zlib's versions compress differently. */
function contents(folder) {
  const read = (name) => readFileSync(join(folder, name));
  return new Map(readdirSync(folder).map((name) => [name, name.endsWith(".gz") ? gunzipSync(read(name)) : read(name)]));
}
