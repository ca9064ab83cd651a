/** Outcomes of documents and their assets at status 200. */

/**
 * The beginning of the document, so that it is one, and its end, so that a truncated one is recognised. A private page
 * also returns a document without a session, without content: only the mark shows that the session was accepted.
 * @param mark text that the document contains only for the signed-in user; `undefined`: a public page
 */
export function documentOutcome(html: string, mark: string | undefined): string {
  const isDocument = /<!doctype\b|<html\b/i.test(html) && /<\/html>\s*$/i.test(html.slice(-200));
  if (!isDocument) return "wrong_shape";
  return mark === undefined || html.includes(mark) ? "ok" : "unauthorized";
}

/** An application answers for a file that is gone with its page: nothing that a browser would run or apply. */
export const codeOutcome = (contentType: string): string =>
  /^\s*text\/html\b/i.test(contentType) ? "wrong_type" : "ok";
