/** `{{resolve:ssm:NAME}}` within a text. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html */
const reference = /\{\{resolve:([^:{}]*):([^{}]*)\}\}/g;

/**
 * A text with its dynamic references as parts that are not known: `{'Fn::Resolve': '{{resolve:…}}'}`, which is no function that could
 * be written, stands for each.
 */
export function symbolicText(text: string): unknown {
  if (!text.includes('{{resolve:')) return text;
  const parts: unknown[] = [];
  let end = 0;
  for (const match of text.matchAll(reference)) {
    if (match.index > end) parts.push(text.slice(end, match.index));
    parts.push({ 'Fn::Resolve': match[0] });
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push(text.slice(end));
  return parts.length === 1 ? parts[0] : { 'Fn::Join': ['', parts] };
}

/** What is wrong with the dynamic references of a text, which may be a part of a longer one. */
export function misshapen(text: string, isPart: boolean): string[] {
  if (!text.includes('{{resolve:')) return [];
  return [...text.matchAll(/\{\{resolve:((?:\$\{[^}]*\}|[^}])*)(\}\})?/g)].flatMap(
    ([whole, inside = '', closed]) => {
      if (closed === undefined) return isPart ? [] : [`the dynamic reference ${whole} has no end`];
      // Parts that Fn::Sub fills in are not known here.
      if (inside.includes('${')) return [];
      const wrong = shapeOf(inside);
      return wrong === undefined ? [] : [`the dynamic reference ${whole} ${wrong}`];
    },
  );
}

function shapeOf(inside: string): string | undefined {
  const [service = '', ...rest] = inside.split(':');
  const last = rest.join(':');
  if (service === 'ssm' || service === 'ssm-secure')
    return /^[a-zA-Z0-9_.\-/]+(:\d+)?$/.test(last)
      ? undefined
      : 'is no {{resolve:ssm:NAME}} or {{resolve:ssm:NAME:VERSION}}';
  if (service !== 'secretsmanager')
    return `names ${service || 'no service'}: there are ssm, ssm-secure and secretsmanager`;
  const isArn = rest[0] === 'arn';
  const after = rest.slice(isArn ? 7 : 1);
  const [kind, , stage = '', version = '', ...more] = after;
  if ((rest[0] ?? '') === '' || (isArn && rest.length < 7)) return 'names no secret';
  if (kind !== undefined && kind !== 'SecretString')
    return `asks for ${kind || 'nothing'}: only SecretString can be read`;
  if (stage !== '' && version !== '') return 'has both a stage and a version: write one of them';
  return more.length > 0 ? 'has more than secret, SecretString, key, stage and version' : undefined;
}
