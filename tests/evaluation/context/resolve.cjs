// Print, as JSON Lines, what the compiler resolves every import of a repository to: {file, specifier, target}.
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const ts = require("typescript");
const { linkPackages, optionsOf, sourceFiles } = require("./workspace.cjs");

const root = fs.realpathSync(process.argv[2]);
if (process.argv.includes("--link")) linkPackages(root);
const cache = new Map();
for (const file of sourceFiles(root)) {
  const options = optionsOf(file, cache);
  const seen = new Set();
  for (const { fileName } of ts.preProcessFile(fs.readFileSync(file, "utf8"), true, true).importedFiles) {
    if (seen.has(fileName)) continue;
    seen.add(fileName);
    const target = ts.resolveModuleName(fileName, file, options, ts.sys).resolvedModule?.resolvedFileName ?? null;
    const inside = target !== null && target.startsWith(root + path.sep) && !target.includes("/node_modules/");
    if (inside) process.stdout.write(JSON.stringify({ file, specifier: fileName, target }) + "\n");
  }
}
