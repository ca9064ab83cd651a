/**
 * The properties that are not `undefined`: for the few objects whose absent keys count, such as overrides that are laid over
 * defaults, headers, environment variables and labels. Everywhere else `undefined` is a value like any other.
 */
export function defined<T extends object>(
  properties: T,
): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  const copy: { [Name in keyof T]?: Exclude<T[Name], undefined> } = { ...properties };
  for (const name in copy) if (copy[name] === undefined) delete copy[name];
  return copy;
}
