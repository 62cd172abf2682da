import { ApiError } from '../../../gateway/api-error.ts';

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes */
export class RegistryFault extends Error {
  override readonly name = 'RegistryFault';
  readonly code: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  constructor(code: string, message: string, status: number, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.headers = headers;
  }
}

export const unsupported = (what: string): RegistryFault =>
  new RegistryFault('UNSUPPORTED', `${what} is not enacted in the local region`, 405);

/** What ECR's API calls an error, in the words of its registry. */
const BY_CODE: Readonly<Record<string, readonly [code: string, status: number]>> = {
  RepositoryNotFoundException: ['NAME_UNKNOWN', 404],
  ImageNotFoundException: ['MANIFEST_UNKNOWN', 404],
  ImageTagAlreadyExistsException: ['TAG_INVALID', 400],
  ImageDigestDoesNotMatchException: ['DIGEST_INVALID', 400],
  LayersNotFoundException: ['MANIFEST_BLOB_UNKNOWN', 404],
  ReferencedImagesNotFoundException: ['MANIFEST_BLOB_UNKNOWN', 404],
  InvalidLayerException: ['DIGEST_INVALID', 400],
  UploadNotFoundException: ['BLOB_UPLOAD_UNKNOWN', 404],
  InvalidParameterException: ['MANIFEST_INVALID', 400],
};

/** Undefined where it is none of the client's doing. */
export function asFault(error: unknown): RegistryFault | undefined {
  if (error instanceof RegistryFault) return error;
  if (!(error instanceof ApiError)) return undefined;
  const [code, status] = BY_CODE[error.code] ?? ['DENIED', 403];
  return new RegistryFault(code, error.message, status);
}

export const faultBody = ({ code, message }: RegistryFault): string =>
  JSON.stringify({ errors: [{ code, message }] });
