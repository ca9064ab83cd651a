/**
 * SHA-256 of the official archives of the pinned version, by their names. The release's own list of checksums comes from
 * where the archive comes from, so it proves nothing about it: these are compared instead.
 */
export const releaseChecksums: Readonly<Record<string, string>> = {
  "k6-v2.2.0-linux-amd64.tar.gz":
    "b5a8003c86f35f5cd5ceef1490312c48e587696c94d998cefc6d7b3b4cb1597d",
  "k6-v2.2.0-linux-arm64.tar.gz":
    "4ecd64cadcc792402d16293836115480419c4447c032858f564852d98f1bf54c",
  "k6-v2.2.0-macos-amd64.zip": "45a08590511c8a6a9c6331645e60c41624924e848e29472e87c60ac956d50372",
  "k6-v2.2.0-macos-arm64.zip": "37a028506bf13578de66c906296803775df28cc2504b1a8c5d786b2803e757c7",
  "k6-v2.2.0-windows-amd64.zip": "ceb2b1e1cf9dbe1303c6c33ec83ffda86dda5c610b4def92064d3c7ebae8d9f4",
};

/** `go.sum` of the build: Go refuses other sources of k6 even if its checksum database is disabled. */
export const goModuleSums = `go.k6.io/k6/v2 v2.2.0 h1:FXtQJeClRQm25eraUvz/cbn2xcYZThs6cv2lBnid8tM=
go.k6.io/k6/v2 v2.2.0/go.mod h1:7OY2MP0BM2TOKvOXmHbWixaIXmLVnZbbSWiKSQnQnSU=
`;
