// What an installed workspace would look like to the compiler: its files, its packages and their links.
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const ts = require("typescript");

const SKIPPED = new Set(["node_modules", ".git", "dist", "build", "out", "coverage", ".next", ".turbo"]);
const SOURCE = /\.(ts|tsx|mts|cts)$/;

function sourceFiles(root) {
  const found = [];
  const visit = (folder) => {
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory() && !SKIPPED.has(entry.name)) visit(path.join(folder, entry.name));
      else if (entry.isFile() && SOURCE.test(entry.name)) found.push(path.join(folder, entry.name));
    }
  };
  visit(root);
  return found.sort();
}

function packages(root) {
  const found = new Map();
  const visit = (folder) => {
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory() && !SKIPPED.has(entry.name)) visit(path.join(folder, entry.name));
      else if (entry.name === "package.json") {
        try {
          const data = JSON.parse(fs.readFileSync(path.join(folder, entry.name), "utf8"));
          if (data.name && !found.has(data.name)) found.set(data.name, folder);
        } catch {
          // A template or a fixture that is not JSON.
        }
      }
    }
  };
  visit(root);
  return found;
}

// An install links the packages of a workspace under node_modules; do the same, so that the compiler finds them.
function linkPackages(root) {
  for (const [name, folder] of packages(root)) {
    if (folder === root) continue;
    const link = path.join(root, "node_modules", name);
    if (fs.existsSync(link)) continue;
    fs.mkdirSync(path.dirname(link), { recursive: true });
    try {
      fs.symlinkSync(folder, link, "dir");
    } catch {
      // Already there as a dangling link.
    }
  }
}

function optionsOf(file, cache) {
  const folder = path.dirname(file);
  if (cache.has(folder)) return cache.get(folder);
  const config = ts.findConfigFile(folder, ts.sys.fileExists);
  let options = {};
  if (config) {
    const read = ts.readConfigFile(config, ts.sys.readFile);
    const host = { ...ts.sys, readDirectory: () => [] };
    options = ts.parseJsonConfigFileContent(read.config ?? {}, host, path.dirname(config), undefined, config).options;
  }
  cache.set(folder, options);
  return options;
}

module.exports = { linkPackages, optionsOf, packages, sourceFiles };
