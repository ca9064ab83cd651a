/** The procedures of the API, by path: `token.read` is POST /api/rpc/token/read. */
import { settingsRouter } from "./procedures/settings.ts";
import { systemRouter } from "./procedures/system.ts";
import { accountRouter, tokenRouter } from "./procedures/token.ts";
import { actionsRouter, userRouter } from "./procedures/user.ts";

export const router = {
  settings: settingsRouter,
  system: systemRouter,
  user: userRouter,
  actions: actionsRouter,
  token: tokenRouter,
  account: accountRouter,
};

export type ApiRouter = typeof router;
