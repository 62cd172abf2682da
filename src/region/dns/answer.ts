import type { Answer, Question } from 'dns-packet';
import type { PrivateZone, ZoneRecord } from './zone.ts';

/** What private zones know about a question. `zone` is absent where the question is none of theirs. */
export type ZoneAnswer =
  | { readonly kind: 'forward'; readonly question: Question; readonly answers: readonly Answer[] }
  | {
      readonly kind: 'answer';
      readonly code: 'NOERROR' | 'NXDOMAIN';
      readonly answers: readonly Answer[];
      readonly authority: readonly Answer[];
    };

const longestChain = 8;

/**
 * Answers from the most specific zone that the name lies in, and from it alone.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html
 */
export function answerFromZones(
  zones: readonly PrivateZone[],
  question: Question,
  random: () => number,
): ZoneAnswer {
  const answers: Answer[] = [];
  let name = question.name.toLowerCase();
  for (let hop = 0; hop < longestChain; hop++) {
    const zone = zoneOf(zones, name);
    if (!zone) return { kind: 'forward', question: { ...question, name }, answers };
    const records = zone.records.filter((record) => record.name === name);
    const found = records.filter(({ type }) => type === question.type);
    if (found.length > 0) {
      // The asker's own spelling of the name comes back.
      const owner = hop === 0 ? question.name : name;
      answers.push(...found.flatMap((record) => toAnswers(record, owner, random)));
      return { kind: 'answer', code: 'NOERROR', answers, authority: [] };
    }
    const alias = records.find(({ type }) => type === 'CNAME');
    // One of those with a weight of their own: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-weighted.html
    const target = alias?.values[Math.floor(random() * alias.values.length)];
    if (!alias || target === undefined) {
      if (name === zone.name && question.type === 'SOA')
        return { kind: 'answer', code: 'NOERROR', answers: [soa(zone)], authority: [] };
      // A name that has other types, or names below it, exists: NODATA. https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/SOA-NSrecords.html
      const exists =
        records.length > 0 ||
        name === zone.name ||
        answers.length > 0 ||
        zone.records.some((record) => record.name.endsWith(`.${name}`));
      return { kind: 'answer', code: exists ? 'NOERROR' : 'NXDOMAIN', answers, authority: [soa(zone)] };
    }
    answers.push({ type: 'CNAME', name: hop === 0 ? question.name : name, ttl: alias.ttl, data: target });
    name = target.toLowerCase().replace(/\.$/, '');
  }
  return { kind: 'answer', code: 'NOERROR', answers, authority: [] };
}

function zoneOf(zones: readonly PrivateZone[], name: string): PrivateZone | undefined {
  return zones
    .filter((zone) => name === zone.name || name.endsWith(`.${zone.name}`))
    .sort((one, other) => other.name.length - one.name.length)[0];
}

/**
 * Up to eight values of a multivalue answer, in random order; one of a weighted one; all of a simple one, in random order.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-multivalue.html
 * https://docs.aws.amazon.com/cloud-map/latest/api/API_DnsConfig.html
 */
function toAnswers(record: ZoneRecord, name: string, random: () => number): Answer[] {
  const limit = { MULTIVALUE: 8, WEIGHTED: 1, SIMPLE: Infinity }[record.routing];
  return shuffle(record.values, random)
    .slice(0, limit)
    .map((value) => toAnswer(record, name, value));
}

function toAnswer({ type, ttl }: ZoneRecord, name: string, value: string): Answer {
  switch (type) {
    case 'SRV': {
      const [priority, weight, port, target = ''] = value.split(' ');
      return {
        type,
        name,
        ttl,
        data: { priority: Number(priority), weight: Number(weight), port: Number(port), target },
      };
    }
    case 'TXT':
      return { type, name, ttl, data: [value] };
    default:
      return { type, name, ttl, data: value };
  }
}

function shuffle<T>(values: readonly T[], random: () => number): T[] {
  const result = [...values];
  for (let at = result.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [result[at], result[other]] = [result[other] as T, result[at] as T];
  }
  return result;
}

/** https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/SOA-NSrecords.html */
function soa({ name }: PrivateZone): Answer {
  return {
    type: 'SOA',
    name,
    ttl: 900,
    data: {
      mname: 'ns-1536.awsdns-00.co.uk',
      rname: 'awsdns-hostmaster.amazon.com',
      serial: 1,
      refresh: 7200,
      retry: 900,
      expire: 1_209_600,
      minimum: 86_400,
    },
  };
}
