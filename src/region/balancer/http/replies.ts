/** Reasons as the load balancer writes them in the answers it makes itself. */
const reasons: Readonly<Record<number, string>> = {
  301: 'Moved Permanently',
  302: 'Found',
  400: 'Bad Request',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Time-out',
  414: 'Request-URI Too Large',
  463: '',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Temporarily Unavailable',
  504: 'Gateway Time-out',
  505: 'HTTP Version Not Supported',
  507: 'Insufficient Storage',
};

export interface Reply {
  readonly status: number;
  readonly contentType: string | undefined;
  readonly body: string;
  /** Further fields as lines. */
  readonly fields: string;
}

/** The small page of an error or redirect; AWS does not document the bodies, clients observe these. */
export function page(status: number, fields = ''): Reply {
  const title = titleOf(status);
  const body = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`;
  return { status, contentType: 'text/html', body, fields };
}

const titleOf = (status: number) => `${status}${reasons[status] ? ` ${reasons[status]}` : ''}`;

/**
 * The bytes of an answer that the load balancer makes itself.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/header-modification.html (server: awselb/2.0)
 */
export function serialize(reply: Reply, keepAlive: boolean, toHead: boolean, date: string): string {
  const type = reply.contentType === undefined ? '' : `Content-Type: ${reply.contentType}\r\n`;
  return (
    `HTTP/1.1 ${statusLine(reply.status)}\r\nServer: awselb/2.0\r\nDate: ${date}\r\n${type}` +
    `Content-Length: ${Buffer.byteLength(reply.body)}\r\nConnection: ${keepAlive ? 'keep-alive' : 'close'}\r\n` +
    `${reply.fields}\r\n${toHead ? '' : reply.body}`
  );
}

const statusLine = (status: number) =>
  reasons[status] === undefined ? `${status} ${standard[status] ?? ''}` : `${status} ${reasons[status]}`;

/** For fixed responses, whose codes are free (2xx, 4xx, 5xx). */
const standard: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  401: 'Unauthorized',
  403: 'Forbidden',
  409: 'Conflict',
  410: 'Gone',
  413: 'Request Entity Too Large',
  418: "I'm a teapot",
  429: 'Too Many Requests',
};
