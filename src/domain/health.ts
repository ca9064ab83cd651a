/** One look at one service of a platform, right after a deployment. */
export interface ServiceHealth {
  /** A surface, or `sign-in`. */
  readonly service: string;
  /** What was asked, without query and password. */
  readonly address: string;
  /** It answered as a healthy service does. */
  readonly isHealthy: boolean;
  /** How long the answer took, or how long was waited for it. */
  readonly milliseconds: number;
  /** "status 200", "no answer within 10 s": what came, and where it is wrong, what was expected. */
  readonly detail: string;
  /** What the service says of its version; absent where it says nothing. */
  readonly version?: string;
}
