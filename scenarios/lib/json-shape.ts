import type { Answer } from "./measure.ts";
import type { Shape } from "./api-calls.ts";

/** Whether each selector finds something below `root`: k6 looks into the raw body, which costs less than parsing it. */
export function hasShape(response: Answer, root: string, shape: Shape): boolean {
  return shape.every((entry) => {
    const isNullable = entry.endsWith("?");
    const path = isNullable ? entry.slice(0, -1) : entry;
    const found = response.json(path === "" ? root : `${root}.${path}`);
    return found !== undefined && (isNullable || found !== null);
  });
}
