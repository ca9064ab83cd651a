import type { PlanDocument } from "../../src/domain/capacity-plan.ts";

/** Shorter peaks are no reason to buy. */
const lastsFor = "6h";

/** `rules.yaml`: alerting rules for Prometheus. Strings are JSON strings, which YAML reads as they are. */
export function prometheusRules({ alerts, id, hash, planDate }: PlanDocument): string {
  const rules = alerts.map(
    ({ name, resource, ceiling, usage, threshold, severity, summary, description }) =>
      [
        `      - alert: ${quoted(name)}`,
        `        expr: ${quoted(`(${usage}) > ${threshold}`)}`,
        `        for: ${lastsFor}`,
        `        labels:`,
        `          severity: ${quoted(severity)}`,
        `          resource: ${quoted(resource)}`,
        `          ceiling: ${quoted(ceiling)}`,
        `        annotations:`,
        `          summary: ${quoted(summary)}`,
        `          description: ${quoted(description)}`,
        `          plan: ${quoted(`${id} of ${planDate}, hash ${hash}`)}`,
      ].join("\n"),
  );
  return [
    `# Capacity plan of ${planDate} (${id}): above these uses an order no longer arrives in time.`,
    "groups:",
    "  - name: headroom-orders",
    ...(rules.length === 0 ? ["    rules: []"] : ["    rules:", ...rules]),
    "",
  ].join("\n");
}

/** Prometheus expands `{{` in annotations: what we write has no templates. */
const quoted = (text: string): string => JSON.stringify(text.replaceAll("{{", "{ {"));
