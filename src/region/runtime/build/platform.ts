import { InputError } from '../../../common/problem.ts';
import type { Stage } from '../../../dockerfile/model.ts';
import { platformArguments } from './arguments.ts';

/** Other names of what this machine is: https://github.com/containerd/platforms (normalizeArch) */
const aliases: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  'x86-64': 'amd64',
  aarch64: 'arm64',
  'arm64/v8': 'arm64',
  'amd64/v1': 'amd64',
};

/** `FROM --platform=$BUILDPLATFORM` is this machine; a stage for another one cannot run here. */
export function refuseOtherPlatform(stage: Stage, wanted: string | undefined): void {
  if (wanted === undefined || wanted === '') return;
  const plain = wanted.toLowerCase().replace(/^linux\//, '');
  if (`linux/${aliases[plain] ?? plain}` === platformArguments['TARGETPLATFORM']) return;
  throw new InputError([
    {
      code: 'dockerfile-platform',
      message: `--platform=${wanted}: this machine runs ${platformArguments['TARGETPLATFORM']} only (another would end with "exec format error")`,
      position: stage.position,
      fix: 'leave --platform out for local runs',
    },
  ]);
}
