import { known } from '../../../topology/system.ts';
import type { Check, Context } from '../../model.ts';
import { searchDomains, serviceNames } from '../../paths/names.ts';
import { textOf } from '../../paths/references.ts';
import { found } from '../../report.ts';

/** `proxy_pass http://api.local:5000/` and `server api.local:5000` without `resolve`; a variable is resolved again and again. */
const PASSED =
  /\b(?:proxy_pass|grpc_pass|uwsgi_pass|fastcgi_pass)\s+(?:[a-z]+:\/\/)?([a-z0-9][\w.-]*)[^;]*;/gi;
const UPSTREAM = /\bserver\s+([a-z0-9][\w.-]*)(?::\d+)?(?![^;]*\bresolve\b)[^;{]*;/gi;

export const nameResolvedOnce: Check = {
  id: 'name-resolved-once',
  title: 'A proxy asks again for names whose addresses change',
  severity: 'warning',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-discovery.html',
  why: 'nginx resolves a name that stands in proxy_pass once, when it starts. Tasks that come later get no requests, and once the first ones are replaced every request fails: “502 Bad Gateway”.',
  *find(context) {
    for (const definition of context.system.taskDefinitions)
      for (const { properties, origin, environment } of definition.containers) {
        const own = ['Command', 'EntryPoint'].map((key) => ({
          text: words(properties[key]),
          at: { ...origin, path: [...origin.path, key] },
        }));
        const variables = environment.map((variable) => ({
          text: known(variable.value) ?? '',
          at: variable.origin,
        }));
        for (const { text, at } of [...own, ...variables])
          for (const host of onceResolved(text)) {
            if (!isDiscovered(context, host)) continue;
            yield found(definition.id, at, {
              message: `nginx resolves ${host} once, when it starts, and its tasks change`,
              fix: {
                says: `write resolver 169.254.169.253 valid=10s; set $upstream ${host}; and pass to $upstream`,
                edits: [],
              },
            });
          }
      }
  },
};

const words = (value: unknown): string =>
  Array.isArray(value) ? value.map(textOf).join(' ') : textOf(value);

function onceResolved(text: string): readonly string[] {
  if (!/_pass\s/.test(text)) return [];
  const hosts = [...text.matchAll(PASSED), ...text.matchAll(UPSTREAM)].map(([, host = '']) =>
    host.toLowerCase(),
  );
  return [...new Set(hosts)];
}

/** A name of Cloud Map: each of its answers is a task. The proxy of Service Connect keeps its own list. */
function isDiscovered(context: Context, host: string): boolean {
  const names = serviceNames(context);
  const domains = host.includes('.')
    ? []
    : context.system.vpcs.flatMap(({ id }) => searchDomains(context, id));
  return [host, ...domains.map((domain) => `${host}.${domain}`)].some((one) =>
    names.get(one)?.some(({ kind }) => kind === 'cloud-map'),
  );
}
