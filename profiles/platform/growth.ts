/** Specification, section "Capacity Planning". Growth compounds per period; lead time from order to use. */
const days = (value: number): number => value * 86_400_000;
/** The specification counts in months; a month is a twelfth of 365.25 days. */
const month = days(365.25 / 12);

export const growth = {
  compute: {
    today: { utilisationRatio: 0.5 },
    growthRatio: 0.2,
    periodMs: month,
    leadTimeMs: 3 * month,
    budgetImpactRatio: 0.25,
  },
  storage: {
    today: { bytes: 2e12 },
    growthRatio: 0.5,
    periodMs: 3 * month,
    leadTimeMs: month,
    budgetImpactRatio: 0.15,
  },
  network: {
    today: { bytesPerMonth: 100e9 },
    growthRatio: 0.3,
    periodMs: month,
    leadTimeMs: 0,
    budgetImpactRatio: 0.1,
  },
  database: {
    today: { bytes: 500e9 },
    growthRatio: 0.25,
    periodMs: 3 * month,
    leadTimeMs: days(14),
    budgetImpactRatio: 0.2,
  },
} as const;
