import { expect, test } from 'vitest';
import { services } from './services.ts';

interface Client {
  readonly config: {
    readonly protocol: { getShapeId(): string };
    readonly protocolSettings: {
      readonly serviceTarget: string;
      readonly version: string;
      readonly xmlNamespace?: string;
    };
    readonly defaultSigningName?: string;
    readonly signingName?: string;
  };
}
type ClientClass = new (options: object) => Client;

const PROTOCOLS: Readonly<Record<string, string>> = {
  'aws.protocols#awsJson1_0': 'json',
  'aws.protocols#awsJson1_1': 'json',
  'aws.protocols#awsQuery': 'query',
  'aws.protocols#ec2Query': 'ec2',
  'aws.protocols#restXml': 'rest-xml',
  'aws.protocols#restJson1': 'rest-json',
};

test.each(Object.values(services))('$name is described as its SDK package describes it', async (service) => {
  const sdk = await service.load();
  const [, Client] = Object.entries(sdk).find(([key]) => /^[A-Z]\w*Client$/.test(key)) ?? [];
  const { config } = new (Client as ClientClass)({
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
  const { serviceTarget, version, xmlNamespace } = config.protocolSettings;
  expect(service).toMatchObject({
    protocol: PROTOCOLS[config.protocol.getShapeId()],
    target: serviceTarget,
    version,
    signingName: config.defaultSigningName ?? config.signingName,
  });
  if (!service.protocol.endsWith('json')) expect(service.xmlNamespace).toBe(xmlNamespace);
});
