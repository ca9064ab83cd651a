import { parsedJson } from "../../domain/json.ts";
import * as z from "zod";
import type { PageView } from "../../domain/page-view.ts";

const ms = z.number().nonnegative();
const pageView = z.object({
  page: z.string().min(1),
  at: z.number(),
  loadMs: ms.exactOptional(),
  ttfbMs: ms.exactOptional(),
  fcpMs: ms.exactOptional(),
  lcpMs: ms.exactOptional(),
  cls: z.number().nonnegative().exactOptional(),
  inpMs: ms.exactOptional(),
  slowest: z.object({ url: z.string(), ms }).exactOptional(),
  problem: z.string().exactOptional(),
  isBrowserFault: z.boolean().exactOptional(),
  picture: z
    .object({ kind: z.enum(["slowest", "failed"]), file: z.string().regex(/^[\w.-]+\.png$/) })
    .exactOptional(),
});

/** @returns `undefined` for what is no page view: the page's own scripts write to the same log */
export const parsePageView = (json: string): PageView | undefined =>
  pageView.safeParse(parsedJson(json)).data;
