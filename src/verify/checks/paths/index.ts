import type { Check } from '../../model.ts';
import { bridgeEphemeralRangeClosed } from './bridge-ephemeral-range-closed.ts';
import { databaseOpenToWorld } from './database-open-to-world.ts';
import { databaseUnreachable } from './database-unreachable.ts';
import { execUnreachable } from './exec-unreachable.ts';
import { groupInOtherVpc } from './group-in-other-vpc.ts';
import { healthCheckUnreachable } from './health-check-unreachable.ts';
import { imageUnreachable } from './image-unreachable.ts';
import { loadBalancerUnreachable } from './load-balancer-unreachable.ts';
import { logsUnreachable } from './logs-unreachable.ts';
import { naclBlocksReplies } from './nacl-blocks-replies.ts';
import { nameDoesNotResolve } from './name-does-not-resolve.ts';
import { nameResolvedOnce } from './name-resolved-once.ts';
import { natGatewayInPrivateSubnet } from './nat-gateway-in-private-subnet.ts';
import { publicAddressUseless } from './public-address-useless.ts';
import { secretsUnreachable } from './secrets-unreachable.ts';
import { serviceUnreachable } from './service-unreachable.ts';
import { targetUnreachable } from './target-unreachable.ts';
import { undeclaredPathOpen } from './undeclared-path-open.ts';

/** Whether what belongs together can talk, and nothing else. */
export const paths: readonly Check[] = [
  loadBalancerUnreachable,
  targetUnreachable,
  healthCheckUnreachable,
  serviceUnreachable,
  databaseUnreachable,
  imageUnreachable,
  secretsUnreachable,
  logsUnreachable,
  execUnreachable,
  publicAddressUseless,
  natGatewayInPrivateSubnet,
  naclBlocksReplies,
  groupInOtherVpc,
  nameDoesNotResolve,
  nameResolvedOnce,
  bridgeEphemeralRangeClosed,
  databaseOpenToWorld,
  undeclaredPathOpen,
];
