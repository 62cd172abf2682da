import { ApiError } from '../../gateway/api-error.ts';
import { enacting } from '../../gateway/enacting.ts';

/** Errors of EFS carry their code in the body too: https://docs.aws.amazon.com/efs/latest/ug/API_CreateFileSystem.html */
const error = (code: string, message: string, status: number, detail: object = {}): ApiError =>
  new ApiError(code, message, status, { ErrorCode: code, Message: message, ...detail });

export const badRequest = (message: string): ApiError => error('BadRequest', message, 400);
export const fileSystemNotFound = (id: string): ApiError =>
  error('FileSystemNotFound', `File system '${id}' does not exist.`, 404);
export const mountTargetNotFound = (id: string): ApiError =>
  error('MountTargetNotFound', `Mount target '${id}' does not exist.`, 404);
export const accessPointNotFound = (id: string): ApiError =>
  error('AccessPointNotFound', `Access point '${id}' does not exist.`, 404);
export const policyNotFound = (id: string): ApiError =>
  error('PolicyNotFound', `File system '${id}' has no policy.`, 404);
export const alreadyExists = (FileSystemId: string, token: string): ApiError =>
  error(
    'FileSystemAlreadyExists',
    `File system '${FileSystemId}' already exists with creation token '${token}'`,
    409,
    { FileSystemId },
  );
export const accessPointAlreadyExists = (AccessPointId: string, token: string): ApiError =>
  error(
    'AccessPointAlreadyExists',
    `Access point '${AccessPointId}' already exists with client token '${token}'`,
    409,
    { AccessPointId },
  );
export const inUse = (id: string, what: string): ApiError =>
  error('FileSystemInUse', `Cannot delete file system '${id}' because it has ${what}.`, 409);
export const conflict = (message: string): ApiError => error('MountTargetConflict', message, 409);
export const subnetNotFound = (id: string): ApiError =>
  error('SubnetNotFound', `The subnet ID '${id}' does not exist`, 400);
export const groupNotFound = (id: string): ApiError =>
  error('SecurityGroupNotFound', `The security group '${id}' does not exist`, 400);
export const groupLimit = (): ApiError =>
  error('SecurityGroupLimitExceeded', 'A mount target can have at most five security groups.', 400);

export const operation = enacting((member, value) =>
  badRequest(`${member} (${JSON.stringify(value)}) is not enacted in the local region`),
);
