import { defineCheck, notTestable } from "./check.ts";

/** Judged by an observer of the database; while there is none, it says so instead of passing. */
export const databaseQueryP95 = defineCheck(
  { id: "database.query.p95", title: "Database query time, p95", requires: ["plan"] },
  ({ plan }, head) => {
    const limitMs = plan.objectives.databaseP95Ms;
    return notTestable(
      head,
      `Nothing observed the database; its objective is p95 < ${limitMs} ms.`,
    );
  },
);
