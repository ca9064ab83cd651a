import { rolesOfProcedure } from "../profiles/platform/procedure-roles.ts";
import { roles } from "../src/domain/role.ts";
import type { Role } from "../src/domain/role.ts";
import { apiReadNames, weightOfRead } from "./lib/api-calls.ts";
import type { ApiRead } from "./lib/api-calls.ts";
import { begin } from "./lib/iteration.ts";
import { callRead, callWrite } from "./lib/orpc.ts";
import { plan } from "./lib/plan.ts";
import type { SetupData } from "./lib/session.ts";
import { sharedCycle } from "./lib/shared-cycle.ts";

const cycle = sharedCycle("api", apiReadNames, weightOfRead);

/** The seed says where in the cycle a run begins, so that repeated runs do not all begin alike. */
const readAt = (index: number): ApiRead | undefined => cycle[(index + plan.seed) % cycle.length];

/** Reads that not everyone may call → a role that may. */
const roleOfRead = new Map(
  apiReadNames.flatMap((name): readonly (readonly [ApiRead, Role])[] => {
    const allowed = rolesOfProcedure(name);
    const [role] = allowed;
    return role === undefined || allowed.length === roles.length ? [] : [[name, role]];
  }),
);

/** One read, as an identity that may call it. */
export function apiReadsFlow(data: SetupData): void {
  const iteration = begin(data, (index) => {
    const read = readAt(index);
    const role = read === undefined ? undefined : roleOfRead.get(read);
    return role === undefined ? undefined : data.pools[role];
  });
  const name = readAt(iteration.index);
  if (name !== undefined) callRead(name, iteration);
}

/** One write, a mint or a transfer, as an identity that may mint. */
export function apiWritesFlow(data: SetupData): void {
  const minters = data.writable.minters.map(({ identity }) => identity);
  callWrite(
    begin(data, () => minters),
    data.writable,
  );
}
