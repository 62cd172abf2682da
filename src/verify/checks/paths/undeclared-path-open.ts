import type { Origin } from '../../../topology/model.ts';
import type { Check, Context } from '../../model.ts';
import { callsOf } from '../../paths/calls.ts';
import { listed } from '../../paths/words.ts';
import { openPaths, type OpenPath } from '../../reach/matrix.ts';
import type { End } from '../../reach/model.ts';
import { reach } from '../../reach/reach.ts';
import { found } from '../../report.ts';

export const undeclaredPathOpen: Check = {
  id: 'undeclared-path-open',
  title: 'Nothing is open that nobody declared',
  severity: 'warning',
  source: 'https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html',
  why: 'What is open can be called, by whoever gets into a task or scans the internet: past the load balancer, or straight to a database.',
  *find(context) {
    if (!context.edges || context.edges.length === 0) return;
    const byRule = new Map<string, { readonly at: Origin; readonly paths: OpenPath[] }>();
    const declared = declaredPaths(context);
    for (const path of openPaths(context.graph, context.parties)) {
      const { from, to, port } = path;
      const kind = context.parties.get(to)?.kind;
      // Who may call a load balancer is what its own groups say; and it calls its targets only.
      if (kind === 'load-balancer' || context.parties.get(from)?.kind === 'load-balancer') continue;
      if (declared.has(`${from} ${to} ${port}`)) continue;
      const at = admitting(context, path);
      if (!at) continue;
      const key = `${JSON.stringify(at)} ${to}`;
      const group = byRule.get(key);
      if (group) group.paths.push(path);
      else byRule.set(key, { at, paths: [path] });
    }
    for (const { at, paths } of byRule.values()) {
      const { to } = paths[0]!;
      const from = [...new Set(paths.map((path) => nameOf(context, path.from)))];
      const ports = [...new Set(paths.map(({ port }) => String(port)))];
      yield found(String(at.path[1]), at, {
        message: `${listed(from)} can reach ${nameOf(context, to)} on tcp ${listed(ports)}, and nothing declares that`,
        fix: {
          says: `let this rule name only what calls ${nameOf(context, to)}, or declare the call`,
          edits: [],
        },
      });
    }
  },
};

function declaredPaths(context: Context): ReadonlySet<string> {
  const calls = [...(context.edges ?? []), ...callsOf(context)];
  return new Set(calls.map(({ from, to, port }) => `${from} ${to} ${port}`));
}

const nameOf = ({ parties }: Context, id: string): string => parties.get(id)?.name ?? 'the internet';

/** The rule that lets it in. */
function admitting({ parties, graph }: Context, { from, to, port }: OpenPath): Origin | undefined {
  const senders: readonly End[] = parties
    .get(from)
    ?.placements.map((placement) => ({ kind: 'placement', placement })) ?? [{ kind: 'internet' }];
  for (const sender of senders)
    for (const placement of parties.get(to)?.placements ?? []) {
      const path = reach(graph, {
        from: sender,
        to: { kind: 'placement', placement },
        protocol: 'tcp',
        port,
      });
      if (path.verdict !== 'holds') continue;
      const rule = path.hops.find(({ gate }) => gate === 'group-ingress');
      return rule?.origin ?? graph.groups.get(rule?.at ?? '')?.origin;
    }
  return undefined;
}
