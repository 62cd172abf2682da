import type { Region, Service } from '../../region.ts';
import { deletionHandlers } from './deletion.ts';
import { passwordHandlers } from './password.ts';
import { secretHandlers } from './secrets.ts';
import { createState } from './state.ts';
import { tagHandlers } from './tags.ts';
import { valueHandlers } from './values.ts';

/** AWS Secrets Manager. Values stand in the region's store, which its owner alone can read (0600); they are not encrypted. */
export function createSecretsManager(
  region: Region,
): Service<typeof import('@aws-sdk/client-secrets-manager')> {
  const state = createState(region);
  return {
    handlers: {
      ...secretHandlers(state),
      ...valueHandlers(state),
      ...deletionHandlers(state),
      ...passwordHandlers(),
      ...tagHandlers(state),
    },
    internal: undefined,
  };
}
