import { isUnknown, type Value } from '../../topology/system.ts';
import { HOLE, referencesIn, textOf } from './references.ts';

/** Where an image is pulled from. */
export type ImageSource =
  | { readonly kind: 'ecr'; readonly says: string }
  | { readonly kind: 'internet'; readonly says: string; readonly port: number }
  | { readonly kind: 'unknown'; readonly says: string; readonly why: string }
  /** A registry that no address is known of. */
  | { readonly kind: 'private'; readonly says: string };

/**
 * By the reference's registry: https://docs.aws.amazon.com/AmazonECR/latest/userguide/registries.html; without any it is Docker Hub:
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
 */
export function imageSource(image: Value<string>, raw: unknown): ImageSource {
  const text = textOf(raw);
  if (/\.dkr\.ecr[.-]/.test(text))
    return { kind: 'ecr', says: isUnknown(image) ? 'its image from ECR' : `its image ${short(text)}` };
  if (referencesIn(raw).some(({ attribute }) => attribute === 'RepositoryUri'))
    return { kind: 'ecr', says: 'its image from ECR' };
  const [first = '', ...rest] = text.split('/');
  // What follows the registry need not be known.
  if (isUnknown(image) && (rest.length === 0 || first.includes(HOLE)))
    return { kind: 'unknown', says: 'its image', why: image.unknown };
  const named = rest.length > 0 && /[.:]|^localhost$/.test(first);
  const [host = '', port] = named ? first.split(':') : ['docker.io'];
  const says = `its image ${isUnknown(image) ? `from ${host}` : short(text)}`;
  // A registry of this machine is asked by the local region itself; AWS is told by `fairway deploy`.
  const here = !host.includes('.') || host.startsWith('127.');
  if (here || /\.(local|internal|lan|corp|home)$/.test(host)) return { kind: 'private', says };
  return { kind: 'internet', says, port: port === undefined ? 443 : Number(port) };
}

/** Without a digest, which nobody reads. */
const short = (reference: string): string => reference.replace(/@sha256:[0-9a-f]+$/, '');
