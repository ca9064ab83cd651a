/** Kubernetes quantities as plain numbers: cores, bytes, counts. */
const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
  Ti: 1024 ** 4,
  Pi: 1024 ** 5,
  Ei: 1024 ** 6,
};

/** @returns `undefined` where it is no quantity */
export function plainNumber(quantity: string | number | null | undefined): number | undefined {
  if (quantity === null || quantity === undefined) return undefined;
  const parts = /^([+-]?\d*\.?\d*)([numkMGTPE]|[KMGTPE]i)?$|^([+-]?\d*\.?\d*[eE][+-]?\d+)$/.exec(
    String(quantity),
  );
  const digits = parts?.[1] ?? parts?.[3];
  if (digits === undefined || digits === "") return undefined;
  const value = Number(digits) * (factors[parts?.[2] ?? ""] ?? Number.NaN);
  return Number.isFinite(value) ? value : undefined;
}
