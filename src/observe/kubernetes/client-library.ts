/** What is used of the client library, by name: loaded as a whole, it would stand in the build as a whole, with 14 MB. */
export { KubeConfig, loadYaml } from "@kubernetes/client-node";
