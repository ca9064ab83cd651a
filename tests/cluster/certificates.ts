/** Certificates of a control plane that lives for one test; Node.js cannot sign X.509, `openssl` can. */
import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import path from "node:path";

/** Each a certificate `NAME.crt` with its key `NAME.key`. */
const certificates = {
  ca: { subject: "/CN=kubernetes-ca" },
  "front-proxy-ca": { subject: "/CN=front-proxy-ca" },
  server: { issuer: "ca", subject: "/CN=localhost" },
  admin: { issuer: "ca", subject: "/O=system:masters/CN=admin" },
  "kube-controller-manager": { issuer: "ca", subject: "/CN=system:kube-controller-manager" },
  "kube-scheduler": { issuer: "ca", subject: "/CN=system:kube-scheduler" },
  "front-proxy-client": { issuer: "front-proxy-ca", subject: "/CN=front-proxy-client" },
} as const satisfies Record<string, { readonly subject: string; readonly issuer?: string }>;

export type CertificateName = keyof typeof certificates;

export const certificateFile = (folder: string, name: CertificateName): string =>
  path.join(folder, `${name}.crt`);
export const keyFile = (folder: string, name: CertificateName | "service-accounts"): string =>
  path.join(folder, `${name}.key`);

export function writeCertificates(folder: string): void {
  // Only what is named here, nothing of the machine's own configuration.
  const config = path.join(folder, "openssl.cnf");
  writeFileSync(config, "[req]\ndistinguished_name = none\n[none]\n");
  for (const name of Object.keys(certificates) as CertificateName[]) {
    const { subject, issuer } = { issuer: undefined, ...certificates[name] };
    const extensions =
      issuer === undefined
        ? ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign"]
        : [
            "basicConstraints=CA:FALSE",
            "extendedKeyUsage=serverAuth,clientAuth",
            "subjectAltName=IP:127.0.0.1,DNS:localhost",
          ];
    const signedBy =
      issuer === undefined
        ? []
        : ["-CA", certificateFile(folder, issuer), "-CAkey", keyFile(folder, issuer)];
    const args = [
      "req -x509 -days 2 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes".split(" "),
      ["-config", config, "-subj", subject, ...signedBy],
      ["-keyout", keyFile(folder, name), "-out", certificateFile(folder, name)],
      extensions.flatMap((extension) => ["-addext", extension]),
    ];
    execFileSync("openssl", args.flat(), { stdio: "pipe" });
  }
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  // In this form the API server takes its public half too.
  writeFileSync(
    keyFile(folder, "service-accounts"),
    privateKey.export({ type: "sec1", format: "pem" }),
  );
}
