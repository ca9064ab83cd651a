/** Tables that people hand in: RFC 4180 with `,`, `;` or a tab, found from the first line; `#` starts a comment line. */
export interface CsvTable {
  readonly header: readonly string[];
  readonly rows: readonly CsvRow[];
}

export interface CsvRow {
  /** Line in the file, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** @returns an empty header where there is no line; cells are trimmed, empty lines left out */
export function parseCsv(text: string): CsvTable {
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/);
  const rows = lines
    .map((line, index) => ({ text: line, line: index + 1 }))
    .filter(({ text: line }) => line.trim() !== "" && !line.trimStart().startsWith("#"));
  const [first, ...rest] = rows;
  if (first === undefined) return { header: [], rows: [] };
  const separator = [",", ";", "\t"].reduce((best, candidate) =>
    first.text.split(candidate).length > first.text.split(best).length ? candidate : best,
  );
  return {
    header: splitLine(first.text, separator),
    rows: rest.map(({ text: line, line: number }) => ({
      line: number,
      cells: splitLine(line, separator),
    })),
  };
}

function splitLine(line: string, separator: string): readonly string[] {
  const cells: string[] = [];
  let cell = "";
  let isQuoted = false;
  for (let index = 0; index < line.length; index++) {
    const character = line.charAt(index);
    if (isQuoted && character === '"' && line.charAt(index + 1) === '"') {
      cell += '"';
      index++;
    } else if (character === '"' && (isQuoted || cell.trim() === "")) {
      isQuoted = !isQuoted;
      if (isQuoted) cell = "";
    } else if (!isQuoted && character === separator) {
      cells.push(cell.trim());
      cell = "";
    } else cell += character;
  }
  return [...cells, cell.trim()];
}
