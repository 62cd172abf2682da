import type { Check } from '../../model.ts';
import { pathReports } from '../../paths/report.ts';

export const bridgeEphemeralRangeClosed: Check = {
  id: 'bridge-ephemeral-range-closed',
  title: 'Instances admit the ports that a bridge chooses at start',
  severity: 'error',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html',
  why: 'Each task gets a host port of the ephemeral range. Where the group of the instance does not admit that range, targets stay unhealthy and calls time out.',
  find: (context) => pathReports(context, 'bridge-ephemeral-range-closed'),
};
