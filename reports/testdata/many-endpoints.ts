import type { Report } from "../../src/domain/report.ts";

/** The same report with so many endpoints of its first surface, each with numbers of its own. */
export function manyEndpoints(report: Report, count: number): Report {
  const [row] = report.endpoints;
  if (row === undefined) throw new Error("a report with an endpoint is needed");
  const endpoints = Array.from({ length: count }, (_, index) => ({
    ...row,
    endpoint: `endpoint-${index}`,
    requests: 1000 + ((index * 7919) % 997),
    p95Ms: 100 + ((index * 31) % 101),
  }));
  return { ...report, endpoints };
}
