import type { Internal, Region, Service } from '../../region.ts';
import { assumeRoleHandlers } from './assume-role.ts';
import { callerHandlers } from './caller.ts';
import { createSessions } from './sessions.ts';

/** AWS STS: who calls, and temporary credentials. Secret keys are not kept: the gateway does not check signatures. */
export function createSts(region: Region): Service<typeof import('@aws-sdk/client-sts'), Internal['sts']> {
  const sessions = createSessions(region);
  return {
    handlers: { ...callerHandlers(region, sessions), ...assumeRoleHandlers(region, sessions) },
    internal: { open: sessions.open },
  };
}
