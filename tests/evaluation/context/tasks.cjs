// Make masked-code tasks from a repository: what would an engineer write here, and which names of other files does it use?
//
// Usage: node tasks.cjs ROOT [--count N] [--seed N] [--link] [--imported]; prints JSON Lines of
// {file, line, character, kind, text, hidden, needs: [{name, file, head, novel}]}, at most one task a file.
// With --imported the imports of what is hidden stay, and a name is novel when it stands in imports alone.
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const ts = require("typescript");
const { linkPackages, optionsOf, packages, sourceFiles } = require("./workspace.cjs");

const MAX_LINES = 8;
const argument = (name, fallback) => {
  const at = process.argv.indexOf(name);
  return at < 0 ? fallback : Number(process.argv[at + 1]);
};
const root = fs.realpathSync(process.argv[2]);
const wanted = argument("--count", 80);
let seed = argument("--seed", 1) >>> 0;
if (process.argv.includes("--link")) linkPackages(root);
const keepsImports = process.argv.includes("--imported");

function random() {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 2 ** 32;
}

function shuffled(items) {
  const copy = [...items];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [copy[i], copy[j]] = [copy[j], copy[i]];
  }
  return copy;
}

const files = sourceFiles(root).filter((file) => fs.statSync(file).size < 400_000);
const known = packages(root);
const cache = new Map();

function fromSource(specifier) {
  const parts = specifier.split("/");
  const count = specifier.startsWith("@") ? 2 : 1;
  const folder = known.get(parts.slice(0, count).join("/"));
  if (!folder) return undefined;
  const rest = parts.slice(count).join("/") || "index";
  for (const base of ["src", ".", "src/" + path.basename(rest)]) {
    for (const ending of [".ts", ".tsx", "/index.ts", "/index.tsx"]) {
      const file = path.join(folder, base, rest + ending);
      if (fs.existsSync(file)) return fs.realpathSync(file);
    }
  }
  return undefined;
}

function resolve(specifier, importer) {
  const options = optionsOf(importer, cache);
  const found = ts.resolveModuleName(specifier, importer, options, ts.sys).resolvedModule;
  if (found && !found.resolvedFileName.includes("/node_modules/")) return found;
  const source = fromSource(specifier);
  if (source) return { resolvedFileName: source, extension: path.extname(source), isExternalLibraryImport: false };
  if (found) return found;
  return ts.resolveModuleName(specifier, __filename, { moduleResolution: ts.ModuleResolutionKind.Node10 }, ts.sys)
    .resolvedModule;
}

const options = {
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  jsx: ts.JsxEmit.Preserve,
  strict: true,
  skipLibCheck: true,
  experimentalDecorators: true,
  noEmit: true,
  types: [],
};
const host = ts.createCompilerHost(options);
host.resolveModuleNameLiterals = (literals, importer) =>
  literals.map((literal) => ({ resolvedModule: resolve(literal.text, importer) }));
const program = ts.createProgram(files, options, host);
const checker = program.getTypeChecker();

function declarationOf(identifier) {
  let symbol = checker.getSymbolAtLocation(identifier);
  if (!symbol) return undefined;
  const parent = identifier.parent;
  if (ts.isShorthandPropertyAssignment(parent)) symbol = checker.getShorthandAssignmentValueSymbol(parent) ?? symbol;
  if (ts.isPropertyAssignment(parent) && parent.name === identifier) symbol = contextual(parent) ?? symbol;
  if (ts.isJsxAttribute(parent) && parent.name === identifier) symbol = attribute(parent) ?? symbol;
  if (symbol.flags & ts.SymbolFlags.Alias) symbol = checker.getAliasedSymbol(symbol);
  return symbol.declarations?.[0];
}

function contextual(assignment) {
  const type = ts.isObjectLiteralExpression(assignment.parent) && checker.getContextualType(assignment.parent);
  return type ? checker.getPropertyOfType(type, assignment.name.getText()) : undefined;
}

function attribute(node) {
  const type = checker.getContextualType(node.parent);
  return type ? checker.getPropertyOfType(type, node.name.getText()) : undefined;
}

// How the declaration goes on behind its name, up to a body: enough to tell it from a mere use of the name.
function headOf(declaration) {
  const name = declaration.name ?? declaration;
  const text = declaration.getSourceFile().text;
  const rest = text
    .slice(name.getEnd(), Math.min(declaration.getEnd(), name.getEnd() + 400))
    .replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, "")
    .replace(/\s+/g, "");
  const end = rest.search(/[{;]|=>/);
  return name.getText() + (end < 0 ? rest : rest.slice(0, end)).slice(0, 24);
}

function isInside(file) {
  return file.startsWith(root + path.sep) && !file.includes("/node_modules/");
}

function needsOf(source, start, end) {
  const needs = new Map();
  const visit = (node) => {
    if (node.end <= start || node.getStart(source) >= end) return;
    if (ts.isIdentifier(node) && node.getStart(source) >= start && node.end <= end) {
      const declaration = declarationOf(node);
      const file = declaration?.getSourceFile().fileName;
      if (file && file !== source.fileName && isInside(file) && !needs.has(node.text) && !ts.isSourceFile(declaration)) {
        needs.set(node.text, { name: node.text, file: path.relative(root, file), head: headOf(declaration) });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return [...needs.values()];
}

function spans(source) {
  const found = [];
  const lines = (from, to) =>
    source.getLineAndCharacterOfPosition(to).line - source.getLineAndCharacterOfPosition(from).line + 1;
  const add = (kind, from, to) => {
    if (to - from >= 6 && lines(from, to) <= MAX_LINES) found.push({ kind, start: from, end: to });
  };
  const statementEnd = (node) => {
    let at = node;
    while (at.parent && !ts.isStatement(at) && !ts.isClassElement(at)) at = at.parent;
    return at.end;
  };
  const visit = (node) => {
    const start = node.getStart(source);
    if (ts.isStatement(node) && !ts.isImportDeclaration(node) && !ts.isBlock(node)) add("statement", start, node.end);
    if (ts.isPropertyAccessExpression(node)) add("member", node.name.getStart(source), statementEnd(node));
    if (ts.isCallExpression(node) && node.arguments.length) add("argument", node.arguments.pos, node.end - 1);
    if (ts.isObjectLiteralExpression(node) && node.properties.length) add("property", node.properties[0].getStart(source), node.end - 1);
    if (ts.isJsxAttributes(node) && node.properties.length) add("attribute", node.properties[0].getStart(source), node.end);
    if (ts.isVariableDeclaration(node) && node.initializer) add("value", node.initializer.getStart(source), statementEnd(node));
    if (ts.isTypeReferenceNode(node) && ts.isParameter(node.parent)) add("type", start, node.end);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

// Remove what the hidden text alone needed imported: otherwise the import gives the answer away.
function withoutUnusedImports(source, span) {
  const cuts = [{ start: span.start, end: span.end }];
  const outside = (name) => {
    const word = new RegExp(`(?<![\\w$])${name.replace(/\$/g, "\\$")}(?![\\w$])`, "g");
    let rest = source.text.slice(0, span.start) + " ".repeat(span.end - span.start) + source.text.slice(span.end);
    for (const node of imports) rest = rest.slice(0, node.pos) + " ".repeat(node.end - node.pos) + rest.slice(node.end);
    return word.test(rest);
  };
  const imports = source.statements.filter(ts.isImportDeclaration);
  for (const node of imports) {
    const clause = node.importClause;
    if (!clause) continue;
    const bindings = clause.namedBindings;
    const names = bindings && ts.isNamedImports(bindings) ? bindings.elements : [];
    const gone = names.filter((element) => !outside(element.name.text));
    const keepsDefault = clause.name && outside(clause.name.text);
    const keepsSpace = bindings && ts.isNamespaceImport(bindings) && outside(bindings.name.text);
    if (!keepsDefault && !keepsSpace && gone.length === names.length) cuts.push(lineOf(source, node));
    else for (const element of gone) cuts.push(elementCut(source, element));
  }
  return cuts;
}

function lineOf(source, node) {
  let end = node.end;
  while (end < source.text.length && source.text[end] !== "\n") end++;
  return { start: node.getStart(source), end: Math.min(end + 1, source.text.length) };
}

function elementCut(source, element) {
  let end = element.end;
  while (/[\s,]/.test(source.text[end])) {
    end++;
    if (source.text[end - 1] === ",") break;
  }
  return { start: element.getStart(source), end };
}

function masked(source, span) {
  const hidden = keepsImports ? [span] : withoutUnusedImports(source, span);
  const cuts = hidden.sort((a, b) => a.start - b.start);
  let text = "";
  let at = 0;
  let offset = 0;
  for (const cut of cuts) {
    text += source.text.slice(at, cut.start);
    if (cut.start === span.start) offset = text.length;
    at = Math.max(at, cut.end);
  }
  return { text: text + source.text.slice(at), offset };
}

// The masked text as far as it tells which names are used: the imports stand at its top, before anything hidden.
function withoutImports(source, text) {
  if (!keepsImports) return text;
  return source.statements
    .filter(ts.isImportDeclaration)
    .reduce((rest, node) => rest.replace(node.getText(source), ""), text);
}

function taskOf(file) {
  const source = program.getSourceFile(file);
  if (!source || source.isDeclarationFile) return undefined;
  const byKind = new Map();
  for (const span of spans(source)) byKind.set(span.kind, [...(byKind.get(span.kind) ?? []), span]);
  for (const kind of shuffled([...byKind.keys()])) {
    for (const span of shuffled(byKind.get(kind)).slice(0, 12)) {
      const needs = needsOf(source, span.start, span.end);
      if (!needs.length) continue;
      const { text, offset } = masked(source, span);
      const visible = new Set(withoutImports(source, text).match(/[A-Za-z_$][\w$]*/g));
      for (const need of needs) need.novel = !visible.has(need.name);
      if (!needs.some((need) => need.novel)) continue;
      const before = text.slice(0, offset).split("\n");
      return {
        file: path.relative(root, file),
        line: before.length - 1,
        character: before[before.length - 1].length,
        kind,
        text,
        hidden: source.text.slice(span.start, span.end),
        needs,
      };
    }
  }
  return undefined;
}

let made = 0;
for (const file of shuffled(files)) {
  if (made >= wanted) break;
  const task = taskOf(file);
  if (!task) continue;
  process.stdout.write(JSON.stringify(task) + "\n");
  made++;
}
