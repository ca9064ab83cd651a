/** Browser users where no browser can be started: a busy machine changes nothing of what is said. */
import { expect, test } from "vitest";
import { asReport, headroom, newWorkplace } from "./headroom.ts";

test(
  "no Chromium: the objective is not testable and says what to do; the rest is judged",
  { timeout: 120_000 },
  async () => {
    const load = "run smoke --rate 3000/min --duration 10s --browser-users 1 --json".split(" ");
    const env = { K6_BROWSER_EXECUTABLE_PATH: "/nonexistent/chromium" };
    const { verdicts } = asReport((await headroom(newWorkplace(), load, env)).out);
    const verdictOf = (id: string) => verdicts.find(({ checkId }) => checkId === id);
    expect(verdictOf("web.page-load.p95")).toMatchObject({
      outcome: "not-applicable",
      cause: "not-testable",
      reason: expect.stringContaining("cannot be executed"),
    });
    expect(verdictOf("api.response.p95")?.outcome).not.toBe("not-applicable");
  },
);
