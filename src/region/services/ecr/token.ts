import type { Handlers } from '../../gateway/types.ts';
import { operation } from './errors.ts';
import type { EcrState } from './state.ts';

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html: valid for twelve hours */
const LIFETIME_MS = 12 * 3_600_000;

/**
 * A token in AWS's form. It opens nothing that is not open: the socket says who calls. `proxyEndpoint` is where the registry is
 * asked, which here is the endpoint itself.
 */
export function tokenHandlers(state: EcrState): Handlers<typeof import('@aws-sdk/client-ecr')> {
  return {
    GetAuthorizationToken(input, { host }) {
      return operation(['registryIds'], ({ registryIds = [] }: typeof input) => {
        for (const id of registryIds) state.checkRegistry(id);
        return {
          authorizationData: [
            {
              authorizationToken: Buffer.from(`AWS:fairway-${state.registryId}`).toString('base64'),
              expiresAt: new Date(state.region.clock.now() + LIFETIME_MS),
              proxyEndpoint: `http://${host}`,
            },
          ],
        };
      })(input);
    },
  };
}
