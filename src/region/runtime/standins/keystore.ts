import { createHash, X509Certificate } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDirectory } from './files.ts';

/** Of every stock trust store: https://docs.oracle.com/en/java/javase/17/docs/specs/man/keytool.html */
const password = 'changeit';

/** The public authorities for Java, which reads no PEM; the package would make it when it is set up. */
export async function writeKeystore(root: string, below: string): Promise<void> {
  const text = await readFile(join(below, 'etc/ssl/certs/ca-certificates.crt'), 'utf8');
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  await makeDirectory(root, '/etc/ssl/certs/java');
  await writeFile(join(root, 'etc/ssl/certs/java/cacerts'), keystore(blocks));
}

/** https://github.com/openjdk/jdk/blob/master/src/java.base/share/classes/sun/security/provider/JavaKeyStore.java */
function keystore(certificates: readonly string[]): Buffer {
  const entries = certificates.map((pem, index) => {
    const { raw } = new X509Certificate(pem);
    // Trusted certificate, alias, time of creation, type, bytes.
    return Buffer.concat([
      int(2),
      utf(`authority-${index}`),
      Buffer.alloc(8),
      utf('X.509'),
      int(raw.length),
      raw,
    ]);
  });
  const body = Buffer.concat([int(0xfeedfeed), int(2), int(entries.length), ...entries]);
  const digest = createHash('sha1')
    .update(Buffer.from(password, 'utf16le').swap16())
    .update('Mighty Aphrodite')
    .update(body);
  return Buffer.concat([body, digest.digest()]);
}

function int(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function utf(text: string): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(text.length);
  return Buffer.concat([bytes, Buffer.from(text, 'latin1')]);
}
