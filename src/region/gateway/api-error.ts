/**
 * An error in AWS's own words. `code` is the wire code that AWS documents (`InvalidVpcID.NotFound`,
 * `ClusterNotFoundException`, `ValidationError`); the gateway fills in what the SDK's error schema declares.
 */
export class ApiError extends Error {
  readonly code: string;
  /** HTTP status; absent: the one the service's model declares, else 400. */
  readonly status: number | undefined;
  /** Further members of a modelled error. */
  readonly detail: Readonly<Record<string, unknown>>;
  constructor(
    code: string,
    message: string,
    status?: number,
    detail: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = status;
    this.detail = detail;
  }
}
