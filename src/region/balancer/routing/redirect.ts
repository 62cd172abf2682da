import { page, type Reply } from '../http/replies.ts';
import type { Action } from '../protocol.ts';
import { hostNameOf, pathOf, queryOf } from './rules.ts';

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html (507) */
const locationLimit = 8192;

/**
 * Components that the action leaves out arrive as their own placeholder. `#{path}` comes without its leading slash.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RedirectActionConfig.html
 */
export function redirect(
  action: Extract<Action, { kind: 'redirect' }>,
  request: { readonly host: string; readonly target: string; readonly port: number },
): Reply {
  const values: Readonly<Record<string, string>> = {
    protocol: 'http',
    host: hostNameOf(request.host),
    port: String(request.port),
    path: pathOf(request.target).replace(/^\//, ''),
    query: queryOf(request.target),
  };
  const fill = (text: string) =>
    text.replaceAll(/#\{(protocol|host|port|path|query)\}/g, (_, name: string) => values[name] ?? '');
  const query = fill(action.query);
  const authority = `${fill(action.protocol).toLowerCase()}://${fill(action.host)}:${fill(action.port)}`;
  const location = `${authority}${fill(action.path)}${query === '' ? '' : `?${query}`}`;
  if (location.length > locationLimit) return page(507);
  return page(action.status, `Location: ${location}\r\n`);
}
