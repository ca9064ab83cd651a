/** What this page draws beyond the reports' own charts. */
export const simulationStyle = `
.policy{margin-bottom:16px}.policy .facts{grid-template-columns:repeat(auto-fill,minmax(240px,1fr))}
`;
