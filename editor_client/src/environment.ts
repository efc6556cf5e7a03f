/**
 * Settings as the environment variables that the command line reads.
 */

/** `{completion: {debounceMs: 100}}` as `{PACENOTES_COMPLETION_DEBOUNCE_MS: "100"}`. What is unset, or a list, is left out. */
export function variables(settings: object, prefix: readonly string[] = ["pacenotes"]): Record<string, string> {
  const found = Object.entries(settings).map(([name, value]): Record<string, string> => {
    const names = [...prefix, name];
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return variables(value, names);
    }
    return ["string", "number", "boolean"].includes(typeof value) && value !== "" ? { [variable(names)]: String(value) } : {};
  });
  return Object.assign({}, ...found);
}

function variable(names: readonly string[]): string {
  return names.map((name) => name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, "_").toUpperCase()).join("_");
}
