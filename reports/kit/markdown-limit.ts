/** A Markdown file of bounded length: what is least important stands last, and is cut first. */
import { formatCount } from "../../src/domain/number-text.ts";
import {
  blocksText,
  blockText,
  longestText,
  markdownFile,
  paragraph,
  type MarkdownBlock,
} from "./markdown.ts";

/** A comment of GitHub has at most 65,536 characters; the rest is for a line of whoever posts it. */
export const longestComment = 65_000;

const noteLength = 200;
const between = "\n\n".length;

/**
 * The file in at most `longest` characters. What is kept is never cut: its texts become shorter until it fits. The rest goes
 * from its end: whole blocks, then rows and items.
 * @param elsewhere where all of it is, for the line that says that something is missing
 */
export function markdownWithin(
  blocks: readonly MarkdownBlock[],
  {
    longest = longestComment,
    elsewhere,
  }: { readonly longest?: number; readonly elsewhere: string },
): string {
  const whole = markdownFile(blocks);
  if (whole.length <= longest) return whole;
  const room = longest - noteLength;
  const keptBlocks = blocks.filter(isKept);
  const most = textLength(keptBlocks, room);
  const end = blockText(paragraph(`${cutNote} ${elsewhere}.`), longestText);
  const fileOf = (texts: readonly string[]): string =>
    `${[...texts, end].filter((text) => text !== "").join("\n\n")}\n`;
  const left = room - blocksText(keptBlocks, most).length - between;
  // So many that not even their abbreviations fit: they are cut from their end, too.
  if (left < 0) return fileOf([blocksText(cutAll(keptBlocks, room, most), most)]);
  const others = blocks.filter((block) => !isKept(block));
  const shown = fitting(others, left, longestText);
  const texts = blocks.map((block) =>
    isKept(block) ? blockText(block, most) : blocksText(shown.get(block) ?? [], longestText),
  );
  return fileOf(texts);
}

const isKept = ({ kind }: MarkdownBlock): boolean => kind === "kept";

const cutNote = "Cut to GitHub’s limit for a comment; all of it is in";

function cutAll(
  blocks: readonly MarkdownBlock[],
  room: number,
  most: number,
): readonly MarkdownBlock[] {
  const inner = blocks.flatMap((block) => (block.kind === "kept" ? block.blocks : [block]));
  const shown = fitting(inner, room, most);
  return inner.flatMap((block) => shown.get(block) ?? []);
}

/** Longer than the line that counts what is missing. */
const shortest = 30;

/** Characters of each text with which the blocks fit: from what is usual down to an abbreviation. */
function textLength(blocks: readonly MarkdownBlock[], room: number): number {
  let most = longestText;
  while (most > shortest && blocksText(blocks, most).length > room) most = Math.floor(most * 0.8);
  return most;
}

/** Of each block what there is room for, until the first that must be cut. */
function fitting(
  blocks: readonly MarkdownBlock[],
  room: number,
  most: number,
): ReadonlyMap<MarkdownBlock, readonly MarkdownBlock[]> {
  const shown = new Map<MarkdownBlock, readonly MarkdownBlock[]>();
  let left = room;
  for (const [index, block] of blocks.entries()) {
    const length = blockText(block, most).length + between;
    if (length > left) {
      const part = cutTo(block, left - between, most);
      const before = blocks[index - 1];
      if (part.length > 0) shown.set(block, part);
      // A heading with nothing under it.
      else if (before?.kind === "heading") shown.delete(before);
      return shown;
    }
    shown.set(block, [block]);
    left -= length;
  }
  return shown;
}

/** As many rows or items as fit, and how many are missing; nothing where none fits. */
function cutTo(block: MarkdownBlock, room: number, most: number): readonly MarkdownBlock[] {
  switch (block.kind) {
    case "table":
      return cutItems(block.rows, "rows", { room, most }, (rows) => ({ ...block, rows }));
    case "list":
      return cutItems(block.items, "lines", { room, most }, (items) => ({ ...block, items }));
    case "details": {
      const empty = blockText({ ...block, blocks: [] }, most).length;
      const inside = fitting(block.blocks, room - empty - between, most);
      const fit = block.blocks.flatMap((each) => inside.get(each) ?? []);
      return fit.length === 0 ? [] : [{ ...block, blocks: fit }];
    }
    case "heading":
    case "paragraph":
    case "quote":
    case "kept":
      return [];
    default:
      return block satisfies never;
  }
}

function cutItems<Item>(
  items: readonly Item[],
  word: string,
  { room, most }: { readonly room: number; readonly most: number },
  blockOf: (items: readonly Item[]) => MarkdownBlock,
): readonly MarkdownBlock[] {
  const part = (count: number): readonly MarkdownBlock[] => [
    blockOf(items.slice(0, count)),
    paragraph(`…and ${formatCount(items.length - count)} more ${word}.`),
  ];
  let [fits, tooMany] = [0, items.length];
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2);
    if (blocksText(part(middle), most).length <= room) fits = middle;
    else tooMany = middle;
  }
  return fits === 0 ? [] : part(fits);
}
