import {
  AUTHORITATIVE_ANSWER,
  RECURSION_AVAILABLE,
  RECURSION_DESIRED,
  TRUNCATED_RESPONSE,
  decode,
  encode,
} from 'dns-packet';
import type { Answer, DecodedPacket, Question } from 'dns-packet';
import type { ForwardedAnswer } from '../network/router/protocol.ts';
import { answerFromZones } from './answer.ts';
import type { PrivateZone } from './zone.ts';

export interface ResponderOptions {
  readonly zones: readonly PrivateZone[];
  readonly forward: (question: Question) => Promise<ForwardedAnswer>;
  readonly random: () => number;
}
const codes = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4 } as const;
/** What an answer over UDP may hold: 512 bytes without EDNS, and what links with jumbo frames carry in one piece with it. */
const plainLimit = 512;
const edns = 4096;

/** The reply to one query as it came over the wire; undefined where it deserves none. */
export async function respond(
  query: Buffer,
  transport: 'udp' | 'tcp',
  { zones, forward, random }: ResponderOptions,
): Promise<Buffer | undefined> {
  let packet: DecodedPacket;
  try {
    packet = decode(query);
  } catch {
    return query.length >= 12 ? formatError(query) : undefined;
  }
  if (packet.type !== 'query') return undefined;
  const [question] = packet.questions ?? [];
  const option = packet.additionals?.find(({ type }) => type === 'OPT') as
    | { udpPayloadSize?: number }
    | undefined;
  const reply = (
    code: keyof typeof codes,
    answers: readonly Answer[] = [],
    authorities: readonly Answer[] = [],
    flags = 0,
  ) =>
    encode({
      type: 'response',
      id: packet.id ?? 0,
      flags: RECURSION_AVAILABLE | ((packet.flags ?? 0) & RECURSION_DESIRED) | flags | codes[code],
      questions: packet.questions ?? [],
      answers: [...answers],
      authorities: [...authorities],
      additionals: option
        ? [
            {
              type: 'OPT',
              name: '.',
              udpPayloadSize: edns,
              extendedRcode: 0,
              ednsVersion: 0,
              flags: 0,
              flag_do: false,
              options: [],
            },
          ]
        : [],
    });
  if (((packet.flags ?? 0) & 0x7800) !== 0) return reply('NOTIMP');
  if (!question || (packet.questions ?? []).length !== 1) return reply('FORMERR');

  const local = answerFromZones(zones, question, random);
  let whole: Buffer;
  if (local.kind === 'answer')
    whole = reply(local.code, local.answers, local.authority, AUTHORITATIVE_ANSWER);
  else {
    const { code, answers } = await forward(local.question);
    whole = reply(code, [...local.answers, ...answers]);
  }
  const limit = option
    ? Math.max(plainLimit, Math.min(option.udpPayloadSize ?? plainLimit, edns))
    : plainLimit;
  if (transport === 'tcp' || whole.length <= limit) return whole;
  return reply('NOERROR', [], [], TRUNCATED_RESPONSE);
}

function formatError(query: Buffer): Buffer {
  const reply = Buffer.alloc(12);
  query.copy(reply, 0, 0, 2);
  reply.writeUInt16BE(0x8000 | codes.FORMERR, 2);
  return reply;
}
