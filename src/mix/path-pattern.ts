/** Paths as they may be shown: no query, and a placeholder for every part that may be a name, a secret or an address. */

const shownParts = 4;
/** Server functions of the web application: their id follows. */
const serverFunction = "_serverFn";

/** `/token/0xabc…/holders?x=1` → `/token/{address}/holders`. Only plain words of a path stay as they are. */
export function pathPattern(target: string): string {
  const path = target.replace(/^[a-z]+:\/\/[^/?#]*/i, "").replace(/[?#].*$/s, "");
  const parts = path.split("/").filter((part) => part !== "");
  const shown = parts.slice(0, shownParts).map((part) => placeholder(part));
  return `/${[...shown, ...(parts.length > shownParts ? ["…"] : [])].join("/")}`;
}

function placeholder(part: string): string {
  if (/^0x[0-9a-f]{40}$/i.test(part)) return "{address}";
  if (/^0x[0-9a-f]+$/i.test(part)) return "{hash}";
  if (/^\d+$/.test(part)) return "{number}";
  if (/@|%40/.test(part)) return "{email}";
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(part) || /^[0-9a-f]*:[0-9a-f:]+$/i.test(part)) return "{ip}";
  if (/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]+$/i.test(part)) return "{id}";
  return part === serverFunction || isPlain(part) ? part : "{value}";
}

/** Words of at most 16 letters with `-`, `_` or `.` between them; a capital only where a word of camel case begins. */
const isPlain = (part: string): boolean =>
  part.length <= 32 &&
  /^_{0,2}[A-Z]?[a-z]{1,16}(?:[-_.]?[A-Z]?[a-z]{2,16}){0,3}(?:\d{1,2})?(?:\.[a-z0-9]{1,5})?$/.test(
    part,
  );
