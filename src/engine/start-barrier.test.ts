import { expect, test, vi } from "vitest";
import { openStartBarrier, type StartBarrier } from "./start-barrier.ts";

const arrive = async (barrier: StartBarrier, runner: number, body = "") => {
  const response = await fetch(barrier.urlOf(runner), { method: "POST", body });
  return { status: response.status, text: await response.text() };
};

test("nobody goes on before the last one is there, and all get what the first one learned", async () => {
  const barrier = await openStartBarrier({ runners: 3, lateMs: 5000, onLate: () => undefined });
  const arrivals = [arrive(barrier, 3), arrive(barrier, 1, "cookies")];
  const early = await Promise.race([
    ...arrivals,
    new Promise((resolve) => setTimeout(resolve, 100, "none")),
  ]);
  expect(early).toBe("none");
  expect(barrier.isOpen()).toBe(false);
  arrivals.push(arrive(barrier, 2));
  expect(await Promise.all(arrivals)).toEqual(
    Array.from({ length: 3 }, () => ({ status: 200, text: "cookies" })),
  );
  expect(barrier.isOpen()).toBe(true);
  barrier.close();
});

test("runners that are late after the first one are named", async () => {
  const onLate = vi.fn<(missing: readonly number[]) => void>();
  const barrier = await openStartBarrier({ runners: 3, lateMs: 50, onLate });
  const arrival = arrive(barrier, 1).catch(() => undefined);
  await vi.waitFor(() => expect(onLate).toHaveBeenCalledWith([2, 3]));
  barrier.close();
  await arrival;
});

test("without its token, twice, or as a runner that is none nobody gets anything", async () => {
  const barrier = await openStartBarrier({ runners: 2, lateMs: 5000, onLate: () => undefined });
  const first = arrive(barrier, 1, "cookies");
  await new Promise((resolve) => setTimeout(resolve, 50));
  const { port } = new URL(barrier.urlOf(1));
  expect((await fetch(`http://127.0.0.1:${port}/token/2`, { method: "POST" })).status).toBe(404);
  expect((await arrive(barrier, 1)).status).toBe(404);
  expect((await arrive(barrier, 3)).status).toBe(404);
  await arrive(barrier, 2);
  expect((await first).text).toBe("cookies");
  barrier.close();
});
