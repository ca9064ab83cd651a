import * as fc from "fast-check";
import { expect, test } from "vitest";
import { escapeMarkup, markup } from "./markup.ts";
import { cut, printable } from "./printable.ts";

test("values are escaped, markup is not, nothing leaves nothing", () => {
  const inner = markup`<b>${"<i>"}</b>`;
  const hidden: string | false = false;
  expect(markup`<p title="${'"'}">${inner}${[1, "&"]}${undefined}${hidden}</p>`.text).toBe(
    '<p title="&quot;"><b>&lt;i&gt;</b>1&amp;</p>',
  );
});

test("no text opens a tag, ends an attribute or carries a control character", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(escapeMarkup(text)).not.toMatch(/[<>"'\p{Cc}\p{Cs}]/u);
    }),
  );
});

test.each([
  ["an escape sequence", "\u001B[31mred", "\\u001b[31mred"],
  ["a direction override", "a\u202Eb", "a\\u202eb"],
  ["half a surrogate pair", "a\uD800b", "a\\ud800b"],
  ["new lines", "a\r\n\tb", "a b"],
  ["ordinary text", "Größe: 4 × 😀", "Größe: 4 × 😀"],
])("%s becomes visible", (_, text, visible) => {
  expect(printable(text)).toBe(visible);
});

test("names that run from right to left are isolated, wherever they stand", () => {
  expect(escapeMarkup("p95 of שלום עולם 12 ms")).toBe("p95 of \u2068שלום עולם\u2069 12 ms");
  expect(escapeMarkup("مرحبا/<b>")).toBe("\u2068مرحبا\u2069/&lt;b&gt;");
  expect(escapeMarkup("Größe: 4")).toBe("Größe: 4");
});

test("overlong text is cut between characters", () => {
  expect(printable("x".repeat(1000)).length).toBe(300);
  expect(cut("😀😀😀", 2)).toBe("😀…");
});
