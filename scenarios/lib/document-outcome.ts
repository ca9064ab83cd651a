/** What documents and their assets at status 200 are worth. Only what any page has is asked for. */

/**
 * The beginning of the document, so that it is one, and its end, so that one cut short is seen. A private page answers
 * strangers with status 200 and leads to the sign-in, or is the sign-in: no page, and faster than one.
 */
export function documentOutcome(html: string, isPrivate: boolean): string {
  const isDocument = /<!doctype\b|<html\b/i.test(html) && /<\/html>\s*$/i.test(html.slice(-200));
  if (!isDocument) return "wrong_shape";
  return isPrivate && isForStrangers(html) ? "unauthorized" : "ok";
}

const isForStrangers = (html: string): boolean =>
  html.includes("redirect-to-sign-in") || /<input\b[^>]*\stype\s*=\s*["']?password\b/i.test(html);

/** An application answers for a file that is gone with its page: nothing that a browser would run or apply. */
export const codeOutcome = (contentType: string): string =>
  /^\s*text\/html\b/i.test(contentType) ? "wrong_type" : "ok";
