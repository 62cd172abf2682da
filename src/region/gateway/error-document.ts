import type { ApiError } from './api-error.ts';
import type { ServiceModel } from './model.ts';
import { cbor } from '@smithy/core/cbor';
import { CBOR_PROTOCOL } from './protocols/cbor.ts';
import { encodeJson } from './protocols/json.ts';
import { element, encodeMembers, escape, namespaceAttribute, xmlDocument } from './protocols/xml.ts';
import type { WireResponse } from './wire.ts';

/** How the client that asked writes errors, where no service could be told from the request. */
export type ErrorFormat = 'json' | 'cbor' | 'query' | 'ec2' | 's3';

/** An error as the client of that service parses it: by wire code, with the members that the model declares for it. */
export function encodeError(
  format: ErrorFormat,
  model: ServiceModel | undefined,
  error: ApiError,
  requestId: string,
): WireResponse {
  const declared = model?.error(error.code);
  const code = declared?.code ?? error.code;
  const status = error.status ?? declared?.status ?? 400;
  const detail = { ...error.detail, message: error.message, Message: error.message };
  if (format === 'json' || format === 'cbor') {
    const modelled = declared ? (encodeJson(declared.shape, detail) as object) : {};
    const document = { __type: code, message: error.message, ...modelled };
    // https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#x-amzn-query-error: the code that clients of the query protocol knew
    const known = declared?.queryCode
      ? { 'x-amzn-query-error': `${declared.queryCode};${status >= 500 ? 'Receiver' : 'Sender'}` }
      : {};
    return format === 'json'
      ? {
          status,
          headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': code, ...known },
          body: JSON.stringify(document),
        }
      : {
          status,
          headers: { 'content-type': 'application/cbor', 'smithy-protocol': CBOR_PROTOCOL, ...known },
          body: cbor.serialize(document),
        };
  }
  const words =
    element('Code', escape(declared?.queryCode ?? code)) + element('Message', escape(error.message));
  const extra = declared
    ? encodeMembers(declared.shape, { ...detail, message: undefined, Message: undefined })
    : '';
  return {
    status,
    headers: { 'content-type': format === 's3' ? 'application/xml' : 'text/xml' },
    body: xmlDocument(root(format, model, words + extra, status, requestId)),
  };
}

function root(
  format: Exclude<ErrorFormat, 'json' | 'cbor'>,
  model: ServiceModel | undefined,
  words: string,
  status: number,
  requestId: string,
): string {
  switch (format) {
    case 'ec2':
      return element(
        'Response',
        element('Errors', element('Error', words)) + element('RequestID', requestId),
      );
    case 's3':
      return element('Error', words + element('RequestId', requestId) + element('HostId', requestId));
    case 'query':
      return element(
        'ErrorResponse',
        element('Error', element('Type', status >= 500 ? 'Receiver' : 'Sender') + words) +
          element('RequestId', requestId),
        namespaceAttribute(model?.description.xmlNamespace ?? ''),
      );
  }
}
