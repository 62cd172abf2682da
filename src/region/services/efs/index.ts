import type * as sdk from '@aws-sdk/client-efs';
import type { Internal, Region, Service } from '../../region.ts';
import { accessPointHandlers } from './access-points.ts';
import { fileSystemHandlers } from './file-systems.ts';
import { mountTargetHandlers, sweepInterfaces } from './mount-targets.ts';
import { policyHandlers } from './policies.ts';
import { createState, volumeOf } from './state.ts';
import { tagHandlers } from './tags.ts';

/** Amazon EFS: file systems as volumes of this machine, reached through mount targets that are interfaces of a VPC. */
export function createEfs(region: Region): Service<typeof sdk, Internal['efs']> {
  const efs = createState(region);
  return {
    handlers: {
      ...fileSystemHandlers(efs),
      ...mountTargetHandlers(efs),
      ...accessPointHandlers(efs),
      ...policyHandlers(efs),
      ...tagHandlers(efs),
    },
    internal: { volume: (id) => volumeOf(efs, id) },
    start: () => sweepInterfaces(efs),
  };
}
