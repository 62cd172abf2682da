import type { Operation, ServiceModel } from '../model.ts';
import type { Protocol } from '../services.ts';
import type { WireResponse } from '../wire.ts';
import { CBOR_PROTOCOL, encodeCborBody } from './cbor.ts';
import { encodeJson } from './json.ts';
import { encodeRest } from './rest.ts';
import { element, encodeMembers, namespaceAttribute, xmlDocument } from './xml.ts';

/** A handler's answer as the service's protocol writes it. */
export function encodeAnswer(
  model: ServiceModel,
  operation: Operation,
  output: unknown,
  requestId: string,
  protocol: Protocol = model.description.protocol,
): WireResponse {
  switch (protocol) {
    case 'cbor':
      return {
        status: 200,
        headers: { 'content-type': 'application/cbor', 'smithy-protocol': CBOR_PROTOCOL },
        body: encodeCborBody(operation.output, output),
      };
    case 'json':
      return {
        status: 200,
        headers: { 'content-type': 'application/x-amz-json-1.1' },
        body: JSON.stringify(encodeJson(operation.output, output) ?? {}),
      };
    case 'rest-json':
      return encodeRestJson(operation, output);
    case 'rest-xml':
      return encodeRest(model, operation, output);
    case 'ec2':
      return xml(
        model,
        operation,
        element('requestId', requestId) + (members(operation, output) ?? element('return', 'true')),
      );
    case 'query': {
      const result = members(operation, output);
      return xml(
        model,
        operation,
        (result === undefined ? '' : element(`${operation.name}Result`, result)) +
          element('ResponseMetadata', element('RequestId', requestId)),
      );
    }
  }
}

/** https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html; of the services here none binds an answer to anything but the body. */
function encodeRestJson({ name, output: shape, http }: Operation, output: unknown): WireResponse {
  const bound =
    shape.kind === 'structure' &&
    shape.members.some(({ shape: { traits } }) => traits.httpHeader ?? traits.httpPayload);
  if (bound) throw new Error(`the answer of ${name} has a part outside of its body, which is not enacted`);
  return {
    status: http?.status ?? 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(encodeJson(shape, output) ?? {}),
  };
}

function members({ output: shape }: Operation, output: unknown): string | undefined {
  return shape.kind === 'structure' ? encodeMembers(shape, output) : undefined;
}

function xml({ description }: ServiceModel, { name }: Operation, inner: string): WireResponse {
  return {
    status: 200,
    headers: { 'content-type': 'text/xml' },
    body: xmlDocument(element(`${name}Response`, inner, namespaceAttribute(description.xmlNamespace))),
  };
}
