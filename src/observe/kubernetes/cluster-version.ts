import * as z from "zod";
import type { Connection } from "./connection.ts";

const answer = z.object({ gitVersion: z.string() });

/** @returns `v1.37.2`, as the API server names itself; `undefined` where it does not say */
export async function clusterVersion(connection: Connection): Promise<string | undefined> {
  try {
    return answer.parse((await connection.get("/version")).document).gitVersion;
  } catch {
    return undefined;
  }
}
