import { expect, test } from 'vitest';
import { ApiError } from './api-error.ts';
import { createApis, type HandlersByService } from './apis.ts';

test('calls handlers without a wire, in whatever order services are made', async () => {
  const handlers: HandlersByService = {};
  const { sts } = createApis(handlers, { region: 'eu-west-1' });
  handlers.sts = { GetCallerIdentity: (_input, { region }) => ({ Account: region }) };
  await expect(sts.GetCallerIdentity({})).resolves.toEqual({ Account: 'eu-west-1' });
});

test('an error thrown at once rejects, too', async () => {
  const { sts } = createApis({
    sts: {
      GetCallerIdentity() {
        throw new ApiError('AccessDenied', 'no');
      },
    },
  });
  await expect(sts.GetCallerIdentity({})).rejects.toMatchObject({ code: 'AccessDenied' });
});

test('an operation without handler is refused in the words of its service', async () => {
  const { ecs, ec2, s3 } = createApis({ ec2: {} });
  await expect(ecs.ListClusters({})).rejects.toMatchObject({ code: 'UnknownOperationException' });
  await expect(ec2.DescribeVpcs({})).rejects.toMatchObject({ code: 'InvalidAction' });
  await expect(s3.ListBuckets({})).rejects.toMatchObject({ code: 'NotImplemented', status: 501 });
  await expect(
    (ecs as unknown as Record<string, () => Promise<unknown>>)['toString']?.(),
  ).rejects.toBeInstanceOf(ApiError);
});
