import { join } from 'node:path';
import type { Region, Service } from '../../region.ts';
import type { LocalRepositories } from '../../runtime/runtime.ts';
import { imageHandlers } from './image-handlers.ts';
import { layerHandlers } from './layers.ts';
import { createRegistryServer, type RegistryServer } from './registry/serve.ts';
import { repositoryHandlers } from './repositories.ts';
import { settingHandlers } from './settings.ts';
import { createState } from './state.ts';
import { tagHandlers } from './tags.ts';
import { tokenHandlers } from './token.ts';
import { createUploads } from './uploads.ts';

export interface Ecr extends Service<typeof import('@aws-sdk/client-ecr')> {
  /** The registry on the region's own endpoint. */
  readonly registry: RegistryServer;
}

/** Amazon Elastic Container Registry: its API, and the registry. Images are in the runtime's store. */
export function createEcr(
  region: Region,
  { repositories }: { readonly repositories: () => LocalRepositories },
): Ecr {
  const uploads = createUploads(join(region.identity.stateDirectory, 'ecr-uploads'));
  const state = createState(region, uploads, repositories);
  return {
    handlers: {
      ...repositoryHandlers(state),
      ...imageHandlers(state),
      ...layerHandlers(state),
      ...settingHandlers(state),
      ...tagHandlers(state),
      ...tokenHandlers(state),
    },
    internal: undefined,
    registry: createRegistryServer(state),
    start: () => uploads.sweep(),
  };
}
