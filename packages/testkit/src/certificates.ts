// Makes a certificate authority for a test, with a certificate for a server on 127.0.0.1 and one for a client, by the openssl command.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Paths of PEM files. */
export interface Certificates {
  readonly ca: string;
  readonly server: { readonly cert: string; readonly key: string };
  readonly client: { readonly cert: string; readonly key: string };
}

/** Writes the files to `dir`. The server certificate is valid for the address 127.0.0.1 and the name `redis.test`. */
export function makeCertificates(dir: string): Certificates {
  const ca = join(dir, 'ca.pem');
  const caKey = join(dir, 'ca.key');
  openssl('req', '-x509', ...newKey(caKey), '-subj', '/CN=danmux test CA', '-days', '2', '-out', ca);
  const signed = (name: string, extension: string) => {
    const [cert, key, request, extensions] = [`${name}.pem`, `${name}.key`, `${name}.csr`, `${name}.ext`].map((file) => join(dir, file)) as [
      string,
      string,
      string,
      string,
    ];
    writeFileSync(extensions, extension);
    openssl('req', ...newKey(key), '-subj', `/CN=${name}`, '-out', request);
    openssl('x509', '-req', '-in', request, '-CA', ca, '-CAkey', caKey, '-CAcreateserial', '-days', '2', '-extfile', extensions, '-out', cert);
    return { cert, key };
  };
  return { ca, server: signed('server', 'subjectAltName=IP:127.0.0.1,DNS:redis.test'), client: signed('client', 'extendedKeyUsage=clientAuth') };
}

const newKey = (file: string) => ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', file];

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { stdio: 'ignore' });
}
