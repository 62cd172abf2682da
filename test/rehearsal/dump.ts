import type { SimulatedRegion } from '../../src/region/testing/simulated-region.ts';

/** Tables of what has happened, not of what is: events, tokens, counters, what ended stays in sight for a while. */
const history =
  /^cloudformation\/(events|stacks|deployments|change-sets|.*-events)|token|operations|families|service-events|service-deployments|service-revisions|last-words|numbers|cloudwatch\//;
/** States in which a record is only still in sight. */
const ended = new Set(['rejected', 'INACTIVE', 'STOPPED', 'deleted', 'DELETE_COMPLETE']);
/** Members that say when, or how often. */
const passing =
  /(At|Date|Time|Since|Until|version|token|Token|RequestToken|operationId|registration|retry|credentialsId|attachmentId|failedStarts)$/;

/** What is told of a resource's last step and when a service last said something, and where a task was placed. */
const elsewhere =
  /^(cloudformation\/resources (status|tried|reason)|servicediscovery\/services revision|ecs\/services told|(ecs\/tasks|ec2\/network-interfaces) (zone|subnetId)|elbv2\/targets zone)/;

/**
 * Every member of every record of every service as a line of text, to compare a region with what it was before: ids stand as they are, but those of what
 * a rollout makes anew (deployments, tasks, their interfaces and addresses) do not.
 */
export function dump({ tables }: Pick<SimulatedRegion, 'tables'>): readonly string[] {
  const lines: string[] = [];
  const over = new Set<string>();
  const isOver = (record: object): boolean => {
    const { lastStatus, status, state } = record as Readonly<Record<string, unknown>>;
    return [lastStatus, status, state].some((one) => ended.has(String(one)));
  };
  for (const table of tables.values())
    for (const key of table.keys()) {
      const record = table.get(key)!;
      if (!isOver(record)) continue;
      over.add(key);
      if ('arn' in record) over.add(String(record.arn));
    }
  for (const [name, table] of tables) {
    if (history.test(name)) continue;
    for (const key of table.keys()) {
      const record = table.get(key)!;
      // Tags stay with what is only still in sight.
      if (over.has(key) || isOver(record)) continue;
      for (const [member, value] of Object.entries(record))
        if (!passing.test(member) && !elsewhere.test(`${name} ${member}`))
          lines.push(`${name} ${passingOut(name, key)} ${member}: ${passingOut(name, text(value))}`);
    }
  }
  return lines.sort();
}

function text(member: unknown): string {
  return `${JSON.stringify(member, (key, value: unknown) => (passing.test(key) ? undefined : value))}`;
}

/** What a rollout makes anew. */
function passingOut(table: string, said: string): string {
  const same = said
    .replaceAll(/ecs-svc\/\d+/g, 'ecs-svc/*')
    .replaceAll(/service-(revision|deployment)\/([^/"]+\/[^/"]+)\/[\w-]+/g, 'service-$1/$2/*')
    .replaceAll(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, '*');
  if (!ofTasks.test(table)) return same;
  return same
    .replaceAll(/\b[0-9a-f]{32}(-\d+)?\b/g, '*')
    .replaceAll(/\beni-[0-9a-f]+/g, 'eni-*')
    .replaceAll(/\b10\.0\.\d+\.\d+\b(?!\/)/g, 'address')
    .replaceAll(/\b([0-9a-f]{2}:){5}[0-9a-f]{2}\b/g, 'mac')
    .replaceAll(/us-east-1[a-f]/g, 'zone')
    .replaceAll(/ip-10-0-\d+-\d+/g, 'ip')
    .replaceAll(/"revision":\d+/g, '"revision":"*"');
}

/** Tables in which tasks and their interfaces and addresses stand. */
const ofTasks = /^(ecs\/(tasks|tags)|elbv2\/target|ec2\/network-interfaces|servicediscovery\/)/;
