/**
 * The server's own methods and commands, as lsp_server/lsp/extensions.py declares them.
 */

export const DID_SHOW_COMPLETION = "textDocument/didShowCompletion";
export const DID_PARTIALLY_ACCEPT_COMPLETION = "textDocument/didPartiallyAcceptCompletion";
export const DID_DISMISS_COMPLETION = "pacenotes/didDismissCompletion";
export const STATUS = "pacenotes/status";

export const COMPLETION_ACCEPTED = "pacenotes.completionAccepted";
export const SHOW_REQUEST = "pacenotes.showRequest";
export const REVIEW_FILE = "pacenotes.reviewFile";
export const REVIEW_SELECTION = "pacenotes.reviewSelection";
export const REVIEW_CHANGES = "pacenotes.reviewChanges";
export const ACCEPT_FINDING = "pacenotes.acceptFinding";
export const DISMISS_FINDING = "pacenotes.dismissFinding";
export const ASK = "pacenotes.ask";

/** An item as far as the server needs it back: its command carries the id of the completion. */
export interface OfferedItem {
  readonly insertText: string;
  readonly command: { readonly title: string; readonly command: string; readonly arguments: readonly [string] };
}

/** `textDocument/didShowCompletion`: an item became visible. */
export interface DidShowCompletion {
  readonly item: OfferedItem;
}

/** `textDocument/didPartiallyAcceptCompletion`: so many UTF-16 units from the start of the item have been accepted so far. */
export interface DidPartiallyAcceptCompletion {
  readonly item: OfferedItem;
  readonly acceptedLength: number;
}

/** Why a completion was taken away: `rejected` by the person, `superseded` when they went elsewhere. */
export type DismissReason = "rejected" | "superseded";

/** `pacenotes/didDismissCompletion`. */
export interface DidDismissCompletion {
  readonly completionId: string;
  readonly reason: DismissReason;
}

/** `pacenotes/status`: how the server is; `message` is one sentence or empty. */
export interface ServerStatus {
  readonly kind: "normal" | "busy" | "warning" | "error" | "inactive";
  readonly message: string;
  readonly provider: string;
  readonly model: string;
  readonly spentTodayUsd: number;
}

/** The item of a completion as the server knows it. */
export function offeredItem(completionId: string, insertText: string): OfferedItem {
  return { insertText, command: { title: "", command: COMPLETION_ACCEPTED, arguments: [completionId] } };
}

/**
 * What the commands that review return, as far as it is shown: ids of findings, whether an experiment keeps them silent
 * instead, and sentences about the rest.
 */
export interface Reviewed {
  readonly findings: readonly string[];
  readonly silent?: boolean;
  readonly notices: readonly string[];
}

/** The argument of `pacenotes.ask`. */
export interface Question {
  readonly textDocument: { readonly uri: string };
  readonly range: Range;
  readonly prompt: string;
  /** Ask for a replacement of the range as well. */
  readonly edit: boolean;
}

/** What `pacenotes.ask` returns: an answer, and the edit that was asked for or the reason why there is none. */
export interface Answer {
  readonly answer: string;
  readonly edit?: {
    readonly changes?: Readonly<Record<string, readonly PlainEdit[]>>;
    readonly documentChanges?: readonly { readonly edits: readonly PlainEdit[] }[];
  };
  readonly reason?: string;
}

/** A text edit as the protocol has it. */
export interface PlainEdit {
  readonly range: Range;
  readonly newText: string;
}

export interface Range {
  readonly start: { readonly line: number; readonly character: number };
  readonly end: { readonly line: number; readonly character: number };
}
