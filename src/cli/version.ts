import { readFileSync } from "node:fs";
import path from "node:path";

/** Version of this Headroom, from its package.json. */
export function headroomVersion(packageRoot: string): string {
  const text = readFileSync(path.join(packageRoot, "package.json"), "utf8");
  return /"version":\s*"([^"]+)"/.exec(text)?.[1] ?? "unknown";
}
