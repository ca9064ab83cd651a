import type { Connection } from "./connection.ts";

const asks = 5;

/**
 * How far the cluster's clock is ahead of ours. A Date has whole seconds: with each answer the true difference lies
 * within [Date − received, Date + 1 s − sent], and all of them must hold.
 * @returns 0 where the clocks may agree, or where the server tells no time
 */
export async function clockSkew(connection: Connection): Promise<number> {
  let low = -Infinity;
  let high = Infinity;
  for (let ask = 0; ask < asks; ask++) {
    try {
      const { sentAt, receivedAt, serverDate } = await connection.get("/version");
      if (serverDate === undefined) return 0;
      low = Math.max(low, serverDate - receivedAt);
      high = Math.min(high, serverDate + 1000 - sentAt);
    } catch {
      return 0;
    }
  }
  if ((low <= 0 && high >= 0) || low > high) return 0;
  return Math.round((low + high) / 2);
}
