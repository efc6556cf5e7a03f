/**
 * The languages that Pacenotes knows.
 */

export const LANGUAGES = ["typescript", "typescriptreact", "javascript", "javascriptreact"] as const;

/** Whether Pacenotes has anything to say about a document. */
export function isKnown(languageId: string): boolean {
  return (LANGUAGES as readonly string[]).includes(languageId);
}
