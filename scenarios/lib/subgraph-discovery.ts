/** Queries of `setup()` to the subgraph: ids that the calls then vary over. */
export const discoveryQuery = `query Discover {
  systems(first: 1) {
    id identityFactory { id } identityRegistryStorage { id } topicSchemeRegistry { id }
    trustedIssuersRegistry { id } complianceModuleRegistry { id }
  }
  tokenFixedYieldSchedules(first: 100) { id }
  tokens(first: 100) { id type tokenFactory { id } }
  accounts(first: 100, where: { isContract: false }) { id }
}`;
