// Package the extension for the platform whose wheels lie in wheelhouse/.
import { createVSIX } from "@vscode/vsce";
import { readFile, stat } from "node:fs/promises";

const target = `${process.platform}-${process.arch}`;
const { version } = JSON.parse(await readFile("package.json", "utf8"));
const packagePath = `pacenotes-${version}-${target}.vsix`;
await createVSIX({ target, packagePath, dependencies: false, skipLicense: true, allowMissingRepository: true, rewriteRelativeLinks: false });
console.log(`editor_client/${packagePath}: ${((await stat(packagePath)).size / 1e6).toFixed(1)} MB`);
