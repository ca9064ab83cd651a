/**
 * A table of plain text: every column as wide as its widest cell, two spaces between, a line break at the end.
 * @param left the columns that are flush left; numbers stand right
 */
export function textTable(
  rows: readonly (readonly string[])[],
  left: readonly number[] = [0],
): string {
  const widths = columnWidths(rows);
  const lines = rows.map((cells) =>
    cells
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return left.includes(column) ? cell.padEnd(width) : cell.padStart(width);
      })
      .join("  ")
      .trimEnd(),
  );
  return lines.map((line) => `${line}\n`).join("");
}

/** @returns of each column, the length of its longest cell */
export function columnWidths(rows: readonly (readonly string[])[]): readonly number[] {
  const count = Math.max(0, ...rows.map((cells) => cells.length));
  return Array.from({ length: count }, (_, column) =>
    Math.max(...rows.map((cells) => cells[column]?.length ?? 0)),
  );
}
