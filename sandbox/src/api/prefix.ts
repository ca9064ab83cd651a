/** The API's procedures are below it: `/api/rpc/token/read` is `token.read`. */
export const rpcPrefix = "/api/rpc";
