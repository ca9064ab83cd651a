/** From order dates to alerts: at the use that each ceiling's trigger names, the order must go out. */
import { decimal, percent } from "../../src/domain/number-text.ts";
import type { OrderAlert, PlannedResource, ResourcePlan } from "../../src/domain/capacity-plan.ts";
import { useText } from "../../src/domain/quantity-text.ts";

interface AlertChoice {
  /** PromQL whose value is the use of a resource, in its unit. */
  readonly usage: Readonly<Partial<Record<PlannedResource, string>>>;
  /** `P3`: resource utilisation. */
  readonly severity: string;
}

/** One alert for each ceiling of a resource whose use can be asked for; the network has none. */
export const orderAlerts = (
  resources: readonly ResourcePlan[],
  { usage, severity }: AlertChoice,
): readonly OrderAlert[] =>
  resources.flatMap(({ name, unit, leadDays, ceilings }) => {
    const query = usage[name];
    if (query === undefined) return [];
    return ceilings.map(({ id, name: ceiling, value, utilisationRatio, triggerUtilisation }) => {
      const threshold = (triggerUtilisation * value) / utilisationRatio;
      return {
        name: `HeadroomOrder${pascal(name)}${pascal(id)}`,
        resource: name,
        ceiling,
        usage: query,
        threshold,
        triggerUtilisation,
        severity,
        summary: `Order ${name} now: it arrives as ${ceiling} is reached`,
        description: `Use of ${name} is above ${useText(threshold, unit)} (${percent(triggerUtilisation)}). At the planned growth it reaches ${ceiling} (${useText(value, unit)}) in ${decimal(leadDays, 0)} days, which is the lead time.`,
      };
    });
  });

const pascal = (name: string): string =>
  name
    .split(/[^a-z0-9]+/i)
    .map((part) => `${part.charAt(0).toUpperCase()}${part.slice(1)}`)
    .join("");
