import { printable } from "./printable.ts";

/** Text from anywhere: no markup, table cell, link, mention or issue reference comes out of it. */
export function markdownText(value: string, most?: number): string {
  return printable(value, most)
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/[\\`*_[\]|~]/g, "\\$&")
    .replace(/@/g, "&#64;")
    .replace(/#(?=\w)(?!\d+;)/g, "&#35;")
    .replace(/:\/\//g, "&#58;//")
    .replace(/\bwww\./gi, "www&#46;");
}
