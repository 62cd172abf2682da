import type { Check } from '../../model.ts';
import { pathReports } from '../../paths/report.ts';

export const naclBlocksReplies: Check = {
  id: 'nacl-blocks-replies',
  title: 'Network ACLs let replies pass',
  severity: 'error',
  source: 'https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html#nacl-ephemeral-ports',
  why: 'Network ACLs keep no state: a request passes, its reply to the client’s ephemeral port is dropped, and the connection times out.',
  find: (context) => pathReports(context, 'nacl-blocks-replies'),
};
