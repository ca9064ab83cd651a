/**
 * Runs inside the page, as text: what the browser measured of its own load. It must not use anything from around it.
 * Types of the browser are written down here as far as they are used; the scenarios know k6's types only.
 */
import type { PageView } from "../../src/domain/page-view.ts";

interface Entry {
  readonly name: string;
  readonly startTime: number;
  readonly duration: number;
  readonly responseEnd: number;
  readonly responseStart: number;
  readonly loadEventEnd: number;
  readonly interactionId: number;
  readonly value: number;
  readonly hadRecentInput: boolean;
}
interface Observed {
  readonly getEntries: () => readonly Entry[];
}
declare const performance: {
  readonly getEntriesByType: (type: string) => readonly Entry[];
  readonly getEntriesByName: (name: string) => readonly Entry[];
};
declare const PerformanceObserver: new (seen: (list: Observed) => void) => {
  readonly observe: (what: object) => void;
  readonly disconnect: () => void;
};
interface TreeNode {
  readonly nodeName: string;
  readonly textContent: string | null;
  readonly childNodes: Iterable<TreeNode>;
}
declare const document: {
  readonly body: TreeNode | null;
  readonly querySelector: (selector: string) => unknown;
};

/** Milliseconds since the navigation began; CLS has no unit. What was never measured is absent. */
type PageTiming = Pick<
  PageView,
  "loadMs" | "ttfbMs" | "fcpMs" | "lcpMs" | "cls" | "inpMs" | "slowest"
>;

/** @returns after a tenth of a second, in which the browser hands over what it had buffered */
export async function pageTiming(): Promise<PageTiming> {
  const [navigation] = performance.getEntriesByType("navigation");
  const [paint] = performance.getEntriesByName("first-contentful-paint");
  let lcpMs: number | undefined;
  let inpMs: number | undefined;
  let cls: number | undefined;
  const watch = (type: string, see: (entry: Entry) => void): { disconnect: () => void } => {
    const observer = new PerformanceObserver((list) => list.getEntries().forEach(see));
    observer.observe({ type, buffered: true, durationThreshold: 16 });
    return observer;
  };
  const observers = [
    watch("largest-contentful-paint", (entry) => {
      lcpMs = entry.startTime;
    }),
    watch("layout-shift", (entry) => {
      cls = (cls ?? 0) + (entry.hadRecentInput ? 0 : entry.value);
    }),
    watch("event", (entry) => {
      if (entry.interactionId > 0) inpMs = Math.max(inpMs ?? 0, entry.duration);
    }),
    // Kept however short it was; of the others the browser remembers the slow ones only.
    watch("first-input", (entry) => {
      inpMs = Math.max(inpMs ?? 0, entry.duration);
    }),
  ];
  await new Promise<void>((resolve) => {
    setTimeout(resolve, 100);
  });
  observers.forEach((observer) => observer.disconnect());
  let slowest: Entry | undefined;
  for (const entry of performance.getEntriesByType("resource")) {
    if (entry.responseEnd > 0 && entry.duration > (slowest?.duration ?? 0)) slowest = entry;
  }
  const loadMs = navigation?.loadEventEnd ?? 0;
  return {
    loadMs: loadMs > 0 ? loadMs : undefined,
    ttfbMs: navigation?.responseStart,
    fcpMs: paint?.startTime,
    lcpMs,
    // No shift was reported on a page that was painted: it did not shift.
    cls: paint === undefined ? undefined : (cls ?? 0),
    inpMs,
    slowest: slowest === undefined ? undefined : { url: slowest.name, ms: slowest.duration },
  };
}

/**
 * What the page shows now: `sign-in` if it has a password field (the client redirects there without a session), `marked` if
 * its text contains the mark, in any case. Scripts do not count: they contain the state of the router.
 */
export function signedInState(mark: string): "marked" | "sign-in" | "unmarked" {
  if (document.querySelector('input[type="password"]') !== null) return "sign-in";
  const wanted = mark.toLowerCase();
  const contains = (node: TreeNode): boolean => {
    if (/^(?:script|style|noscript|template)$/i.test(node.nodeName)) return false;
    const children = [...node.childNodes];
    return children.length === 0
      ? (node.textContent ?? "").toLowerCase().includes(wanted)
      : children.some((child) => contains(child));
  };
  return document.body !== null && contains(document.body) ? "marked" : "unmarked";
}
