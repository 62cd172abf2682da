import type { Invocation, OptionHelp } from './command.ts';
import type { RemoteOptions } from './target.ts';

export const remoteOptions: readonly OptionHelp[] = [
  { name: 'region', value: 'NAME', help: 'AWS region (default: as for the aws CLI)' },
  { name: 'endpoint-url', value: 'URL', help: 'another endpoint that speaks the AWS API' },
];

export const remoteTargetOptions = (invocation: Invocation): RemoteOptions => ({
  region: invocation.text('region'),
  endpointUrl: invocation.text('endpoint-url') ?? invocation.env.AWS_ENDPOINT_URL,
});
