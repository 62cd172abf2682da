import type { Check } from '../../model.ts';
import { commandNotAList } from './command-not-a-list.ts';
import { containerExceedsTask } from './container-exceeds-task.ts';
import { dataDirectoryNotEmpty } from './data-directory-not-empty.ts';
import { dependsOnWithoutHealthCheck } from './depends-on-without-health-check.ts';
import { deploymentCannotProceed } from './deployment-cannot-proceed.ts';
import { essentialMissing } from './essential-missing.ts';
import { fargateSize } from './fargate-size.ts';
import { fargateUnsupported } from './fargate-unsupported.ts';
import { hostPortMismatch } from './host-port-mismatch.ts';
import { imageArchitecture } from './image-architecture.ts';
import { instanceOutOfEnis } from './instance-out-of-enis.ts';
import { instanceTooSmall } from './instance-too-small.ts';
import { portClash } from './port-clash.ts';
import { proxyResourcesMissing } from './proxy-resources-missing.ts';
import { readonlyRootWithExec } from './readonly-root-with-exec.ts';
import { stateUndecided } from './state-undecided.ts';
import { subnetTooSmall } from './subnet-too-small.ts';
import { tagLatest } from './tag-latest.ts';
import { volumeDriverCase } from './volume-driver-case.ts';
import { volumeZone } from './volume-zone.ts';

/** Task definitions, containers and the capacity they run on. */
export const compute: readonly Check[] = [
  fargateSize,
  containerExceedsTask,
  imageArchitecture,
  commandNotAList,
  essentialMissing,
  portClash,
  hostPortMismatch,
  dependsOnWithoutHealthCheck,
  instanceOutOfEnis,
  instanceTooSmall,
  proxyResourcesMissing,
  subnetTooSmall,
  deploymentCannotProceed,
  volumeDriverCase,
  volumeZone,
  dataDirectoryNotEmpty,
  stateUndecided,
  tagLatest,
  readonlyRootWithExec,
  fargateUnsupported,
];
