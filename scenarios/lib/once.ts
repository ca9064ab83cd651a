/**
 * Every virtual user evaluates the bundle and keeps its functions and tables in memory. The bundler replaces this module
 * by one that evaluates `once-per-process.ts` only when it is called.
 */
import * as code from "../once-per-process.ts";

export const oncePerProcess = (): typeof code => code;
