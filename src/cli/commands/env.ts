import type { RegionInfo } from '../../region/process/protocol.ts';
import type { Command } from '../command.ts';
import { startLocal } from '../local.ts';

export const command: Command = {
  name: 'env',
  summary: 'Print the settings that lead AWS tools to the local region',
  usage: '[OPTIONS]',
  details:
    'eval "$(fairway env)" makes the aws CLI, boto3 and every AWS SDK in this shell talk to the local region.',
  options: [{ name: 'json', help: 'print JSON, for programs' }],
  arguments: [0, 0],
  async run(invocation) {
    const { control, info } = await startLocal(invocation);
    control.close();
    const settings = environmentOf(info);
    const lines = Object.entries(settings).map(([name, value]) => `export ${name}=${value}`);
    invocation.terminal.out(
      invocation.flag('json') ? `${JSON.stringify(settings, null, 2)}\n` : `${lines.join('\n')}\n`,
    );
    return 0;
  },
};

/** What every AWS client reads; any key will do. */
export const environmentOf = (info: Pick<RegionInfo, 'endpoint' | 'region'>): Record<string, string> => ({
  AWS_ENDPOINT_URL: info.endpoint,
  AWS_REGION: info.region,
  AWS_DEFAULT_REGION: info.region,
  AWS_ACCESS_KEY_ID: 'fairway',
  AWS_SECRET_ACCESS_KEY: 'fairway',
});
