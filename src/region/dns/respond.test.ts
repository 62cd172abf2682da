import { decode, encode, type Answer, type Question } from 'dns-packet';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { respond, type ResponderOptions } from './respond.ts';
import type { PrivateZone, ZoneRecord } from './zone.ts';

const record = (name: string, values: readonly string[], more: Partial<ZoneRecord> = {}): ZoneRecord => ({
  name,
  type: 'A',
  ttl: 10,
  values,
  routing: 'MULTIVALUE',
  ...more,
});
const zone: PrivateZone = {
  name: 'local',
  vpcIds: ['vpc-1'],
  records: [
    record('api.local', ['10.0.1.5', '10.0.1.6']),
    record(
      'many.local',
      Array.from({ length: 20 }, (_, at) => `10.0.2.${at}`),
    ),
    record(
      'big.local',
      Array.from({ length: 60 }, (_, at) => `10.0.3.${at}`),
      { routing: 'SIMPLE' },
    ),
    record('weighted.local', ['10.0.1.1', '10.0.1.2'], { routing: 'WEIGHTED' }),
    record('alias.local', ['api.local'], { type: 'CNAME', routing: 'SIMPLE' }),
    record('away.local', ['example.com'], { type: 'CNAME', routing: 'SIMPLE' }),
    record('round.local', ['round.local'], { type: 'CNAME', routing: 'SIMPLE' }),
    record('srv.local', ['1 2 5000 api.local'], { type: 'SRV' }),
    record('deep.below.local', ['10.0.1.9']),
  ],
};
const inner: PrivateZone = {
  name: 'inner.local',
  vpcIds: ['vpc-1'],
  records: [record('x.inner.local', ['10.0.9.9'])],
};

async function ask(
  name: string,
  type: Question['type'] = 'A',
  { tcp = false, size, ...more }: Partial<ResponderOptions> & { tcp?: boolean; size?: number } = {},
) {
  const asked: Question[] = [];
  const query = encode({
    type: 'query',
    id: 77,
    flags: 0x100,
    questions: [{ type, name }],
    additionals: size
      ? [
          {
            type: 'OPT',
            name: '.',
            udpPayloadSize: size,
            extendedRcode: 0,
            ednsVersion: 0,
            flags: 0,
            flag_do: false,
            options: [],
          },
        ]
      : [],
  });
  const reply = await respond(query, tcp ? 'tcp' : 'udp', {
    zones: [zone, inner],
    random: Math.random,
    forward(question) {
      asked.push(question);
      return Promise.resolve({
        code: 'NOERROR',
        answers: [{ type: 'A', name: question.name, ttl: 1, data: '93.184.216.34' }],
      });
    },
    ...more,
  });
  const packet = decode(reply as Buffer);
  return {
    packet,
    asked,
    size: reply?.length ?? 0,
    code: (packet as unknown as { rcode: string }).rcode,
    data: (packet.answers ?? []).map((answer: Answer) => (answer as { data?: unknown }).data),
    authority: (packet.authorities ?? []).map(({ type: of }) => of),
  };
}

describe('the resolver', () => {
  it('answers names of private zones with their TTL, whatever their case', async () => {
    const { packet, data, code, asked } = await ask('API.Local');
    expect(packet.id).toBe(77);
    expect(code).toBe('NOERROR');
    expect([...data].sort()).toEqual(['10.0.1.5', '10.0.1.6']);
    expect(packet.answers?.[0]).toMatchObject({ name: 'API.Local', ttl: 10 });
    expect(asked).toEqual([]);
  });

  it('gives at most eight of many values, each time others', async () => {
    const seen = new Set<unknown>();
    for (let round = 0; round < 50; round++) {
      const { data } = await ask('many.local');
      expect(new Set(data).size).toBe(8);
      for (const address of data) seen.add(address);
    }
    expect(seen.size).toBe(20);
  });

  it('gives one of weighted values', async () => {
    expect((await ask('weighted.local')).data).toHaveLength(1);
  });

  it('tells what does not exist from what has other types, with the zone’s SOA', async () => {
    expect(await ask('nobody.local')).toMatchObject({
      code: 'NXDOMAIN',
      data: [],
      authority: ['SOA'],
      asked: [],
    });
    expect(await ask('api.local', 'AAAA')).toMatchObject({ code: 'NOERROR', data: [], authority: ['SOA'] });
    expect(await ask('below.local')).toMatchObject({ code: 'NOERROR', data: [], authority: ['SOA'] });
    expect(await ask('local')).toMatchObject({ code: 'NOERROR', data: [], authority: ['SOA'] });
    expect((await ask('local', 'SOA')).packet.answers?.[0]).toMatchObject({ type: 'SOA', ttl: 900 });
  });

  it('takes the most specific zone and no other', async () => {
    expect((await ask('x.inner.local')).data).toEqual(['10.0.9.9']);
    expect((await ask('api.inner.local')).code).toBe('NXDOMAIN');
    const { asked } = await ask('notlocal');
    expect(asked).toEqual([{ name: 'notlocal', type: 'A', class: 'IN' }]);
  });

  it('follows aliases within zones, out of them, and not for ever', async () => {
    expect((await ask('alias.local')).data[0]).toBe('api.local');
    expect((await ask('alias.local')).data).toHaveLength(3);
    expect((await ask('away.local')).data).toEqual(['example.com', '93.184.216.34']);
    expect((await ask('round.local')).code).toBe('NOERROR');
  });

  it('writes SRV records', async () => {
    expect((await ask('srv.local', 'SRV')).data).toEqual([
      { priority: 1, weight: 2, port: 5000, target: 'api.local' },
    ]);
  });

  it('cuts what is too long for UDP and gives it whole by TCP', async () => {
    const plain = await ask('big.local');
    expect(plain.packet.flag_tc).toBe(true);
    expect(plain.size).toBeLessThanOrEqual(512);
    const wide = await ask('big.local', 'A', { size: 4096 });
    expect(wide.packet.flag_tc).toBe(false);
    expect(wide.data).toHaveLength(60);
    expect(wide.packet.additionals?.[0]?.type).toBe('OPT');
    expect((await ask('big.local', 'A', { tcp: true })).data).toHaveLength(60);
  });

  it('hands on the failure of the host’s resolver', async () => {
    expect(
      (await ask('example.com', 'A', { forward: () => Promise.resolve({ code: 'SERVFAIL', answers: [] }) }))
        .code,
    ).toBe('SERVFAIL');
  });

  it('survives whatever bytes arrive', () =>
    fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 100 }), async (bytes) => {
        await respond(Buffer.from(bytes), 'udp', {
          zones: [zone],
          random: Math.random,
          forward: () => Promise.resolve({ code: 'NXDOMAIN', answers: [] }),
        });
      }),
    ));
});
