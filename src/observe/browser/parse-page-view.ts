import { documentShape } from "../../domain/documents/schemas.ts";
import type { PageView } from "../../domain/page-view.ts";

const pageView = documentShape<PageView>("PageView");

/** @returns `undefined` for what is no page view: the page's own scripts write to the same log */
export function parsePageView(json: string): PageView | undefined {
  try {
    return pageView.safeParse(JSON.parse(json)).data;
  } catch {
    return undefined;
  }
}
