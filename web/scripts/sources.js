/** What the built page depends on, as one digest; tests/web/test_static.py computes the same. */

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const FILES = ["index.html", "package-lock.json", "vite.config.js"];
const FOLDERS = ["public", "src"];

/** Return the SHA-256 of the names and contents of the sources in the folder `root`. */
export function digest(root) {
  const inside = FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1)),
  );
  const hash = createHash("sha256");
  for (const name of [...FILES, ...inside].sort()) {
    hash.update(`${name}\0`).update(readFileSync(join(root, name)));
  }
  return hash.digest("hex");
}
