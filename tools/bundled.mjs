// Packages that become part of dist/, with what they need: of @kubernetes/client-node (55 MB) Headroom uses 1 MB. They are
// development dependencies, and stand in the bill of materials all the same.
export const bundled = { ".": ["@kubernetes/client-node"], sandbox: [] };
