/** Long tables can be sorted by each column and filtered by the name of their rows. */
import { all, liveRegion, made } from "./elements.ts";

const fewRows = 6;
const manyRows = 10;

export function tableTools(): void {
  const tables = all<HTMLElement>("[data-table]:not([data-table=numbers])").map((frame) => ({
    frame,
    rows: all<HTMLTableRowElement>("tbody > tr:not(.group)", frame),
  }));
  const say = liveRegion();
  for (const { frame, rows } of tables) {
    if (rows.length >= fewRows) sortable(frame);
    if (rows.length >= manyRows) filterable(frame, rows, say);
  }
}

function sortable(frame: HTMLElement): void {
  const [body] = all<HTMLTableSectionElement>("tbody", frame);
  if (body === undefined) return;
  const before = [...body.rows];
  const heads = all<HTMLTableCellElement>("thead th", frame);
  for (const [column, head] of heads.entries()) {
    if (head.querySelector(".unseen") !== null) continue;
    const button = made("button", { type: "button" });
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const order = nextOrder(head);
      for (const each of heads) each.removeAttribute("aria-sort");
      if (order !== undefined) head.setAttribute("aria-sort", order);
      const rows = order === undefined ? before : sorted(before, column, order);
      body.append(...rows);
    });
  }
}

type Order = "ascending" | "descending";

/** Numbers begin with the largest; the third time all is as it was. */
function nextOrder(head: Element): Order | undefined {
  const steps: readonly (Order | undefined)[] = head.classList.contains("number")
    ? ["descending", "ascending", undefined]
    : ["ascending", "descending", undefined];
  const now = head.getAttribute("aria-sort") ?? undefined;
  return steps[(steps.findIndex((each) => each === now) + 1) % 3];
}

/** Rows of a group stay under its name. What is unknown stands last. */
function sorted(
  rows: readonly HTMLTableRowElement[],
  column: number,
  order: Order,
): readonly HTMLTableRowElement[] {
  const sign = order === "ascending" ? 1 : -1;
  const groups: HTMLTableRowElement[][] = [[]];
  for (const row of rows) {
    if (row.classList.contains("group")) groups.push([]);
    groups.at(-1)?.push(row);
  }
  return groups.flatMap((group) => {
    const [heads, others] = [
      group.filter((row) => row.classList.contains("group")),
      group.filter((row) => !row.classList.contains("group")),
    ];
    const keyed = others.map((row) => ({ row, key: keyOf(row.cells[column]) }));
    const inOrder = keyed.toSorted((a, b) => {
      if (a.key === undefined || b.key === undefined)
        return Number(a.key === undefined) - Number(b.key === undefined);
      return typeof a.key === "number" && typeof b.key === "number"
        ? sign * (a.key === b.key ? 0 : a.key - b.key)
        : sign * `${a.key}`.localeCompare(`${b.key}`, "en", { numeric: true });
    });
    return [...heads, ...inOrder.map(({ row }) => row)];
  });
}

const scales: Readonly<Record<string, number>> = {
  s: 1e3,
  min: 6e4,
  h: 36e5,
  d: 864e5,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
};

/** @returns the number that a cell begins with, in its smallest unit, or its text; `undefined` where it says nothing */
function keyOf(cell: HTMLTableCellElement | undefined): number | string | undefined {
  const text = (cell?.textContent ?? "").trim();
  if (text === "" || text === "–") return undefined;
  if (/^(?:never answered|unbounded)/.test(text)) return Number.POSITIVE_INFINITY;
  const plain = text.replaceAll(",", "").replaceAll("−", "-");
  const found = /^(?:p\d+ |[<≤≥+] ?)?(-?\d[\d.]*)(?:[\s\u00a0](\w+))?/.exec(plain);
  return found === null ? text : Number(found[1]) * (scales[found[2] ?? ""] ?? 1);
}

function filterable(
  frame: HTMLElement,
  rows: readonly HTMLTableRowElement[],
  say: (sentence: string) => void,
): void {
  const label = made(
    "label",
    { class: "filter" },
    `Filter ${(frame.querySelector("caption")?.textContent ?? "rows").toLowerCase()} `,
  );
  const input = made("input", { type: "search" });
  label.append(input);
  frame.before(label);
  input.addEventListener("input", () => {
    const asked = input.value.trim().toLowerCase();
    let shown = 0;
    for (const row of rows) {
      const isShown = (row.cells[0]?.textContent ?? "").toLowerCase().includes(asked);
      row.classList.toggle("left-out", !isShown);
      if (isShown) shown++;
    }
    say(`${shown} of ${rows.length} rows`);
  });
}
