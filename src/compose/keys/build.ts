import { FILE_GRANT } from './files.ts';
import { enacted, type Keys, noticed, refused } from './rule.ts';

const SANDBOX = 'RUN has egress and sees nothing of this machine';
const CACHED = 'layers are cached by their inputs';
const BUILDER = 'the builder has no such option';

/** https://docs.docker.com/reference/compose-file/build/ */
export const BUILD: Keys = {
  context: enacted('the folder that is built'),
  dockerfile: enacted('relative to the context'),
  dockerfile_inline: enacted('stands for the Dockerfile'),
  target: enacted('the stage that is built'),
  args: enacted('build arguments'),
  secrets: enacted('files that `RUN --mount=type=secret` sees', { each: FILE_GRANT }),
  additional_contexts: enacted('folders, or docker-image://NAME, that FROM and COPY --from name'),
  no_cache: enacted('no layer of an earlier build serves'),
  pull: enacted('base images are asked for again, not only where they are missing'),
  platforms: enacted('linux/amd64 or linux/arm64; the first, where there are more'),
  cache_from: noticed(CACHED),
  cache_to: noticed(CACHED),
  tags: noticed('the image is named by its digest'),
  labels: noticed('labels of the image play no part; use `labels` of the service'),
  provenance: noticed(BUILDER),
  sbom: noticed(BUILDER),
  network: noticed(SANDBOX),
  extra_hosts: noticed(SANDBOX),
  isolation: noticed('Windows only'),
  shm_size: noticed(BUILDER),
  ulimits: noticed(BUILDER),
  entitlements: refused(BUILDER, 'remove it'),
  privileged: refused(BUILDER, 'remove it'),
  ssh: refused('no keys of this machine come into an image', 'use `secrets`, or fetch it before the build'),
};
