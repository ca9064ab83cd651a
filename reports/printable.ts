/**
 * What a target says ends in terminals, XML and browsers: control characters (escape sequences), direction overrides
 * and halves of surrogate pairs are written as visible escapes, white space becomes a space, the overlong is cut.
 */
const white = /[\t\n\r\u2028\u2029]+/g;
const unsafe = /[\p{Cc}\p{Cs}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff]/gu;
const longest = 300;

/** @param limit characters that are kept at most; the ending is what goes */
export function printable(text: string, limit = longest): string {
  const safe = text
    .slice(0, limit * 2)
    .replace(white, " ")
    .replace(unsafe, escapeCharacter);
  return cut(safe, limit);
}

/** @returns `text` in at most `limit` characters, an ellipsis where some are missing */
export function cut(text: string, limit: number): string {
  const characters = Array.from(text);
  return characters.length <= limit ? text : `${characters.slice(0, limit - 1).join("")}…`;
}

const escapeCharacter = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
