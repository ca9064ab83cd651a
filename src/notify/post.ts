/** One POST with a few tries. */
export interface PostOptions {
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly timeoutMs?: number;
}

interface Post {
  readonly url: string;
  readonly body: string;
  /** Sent where the receiver refuses the body as such (400). */
  readonly plainBody?: string | undefined;
  /** Lets a receiver tell a second try from a second message. */
  readonly key: string;
  /** Sent as a bearer token. */
  readonly token?: string | undefined;
}

/** Pauses between the tries; whoever is down longer than this gets it the next night. */
const pausesMs = [1000, 4000, 15_000];

/** @returns `undefined` when the receiver took it, else why not; the address is not in it */
export async function postOnce(post: Post, options: PostOptions): Promise<string | undefined> {
  let problem = "";
  for (const pauseMs of [0, ...pausesMs]) {
    if (pauseMs > 0) await options.sleep(pauseMs);
    const answer = await attempt(post, options.timeoutMs ?? 10_000);
    if (answer === undefined) return undefined;
    if (answer.status === 400 && post.plainBody !== undefined)
      return postOnce({ ...post, body: post.plainBody, plainBody: undefined }, options);
    problem = answer.problem;
    if (!answer.isWorthRetrying) break;
  }
  return problem;
}

async function attempt(
  { url, body, key, token }: Post,
  timeoutMs: number,
): Promise<{ problem: string; status?: number; isWorthRetrying: boolean } | undefined> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "idempotency-key": key,
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body,
      redirect: "error",
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.body?.cancel();
    if (response.ok) return undefined;
    const isWorthRetrying =
      response.status >= 500 || response.status === 429 || response.status === 408;
    const { status } = response;
    return { problem: `answered ${status}`, status, isWorthRetrying };
  } catch (error) {
    const isTimeout = error instanceof Error && error.name === "TimeoutError";
    return {
      problem: isTimeout ? `no answer within ${timeoutMs / 1000} s` : "could not be reached",
      isWorthRetrying: true,
    };
  }
}
